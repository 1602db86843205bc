import { basename, dirname, join } from 'node:path';
import type { Diagnostic, TextDocuments } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { Analysis } from '../engine/analyze.ts';
import { place, type PlacedFinding } from '../engine/placed.ts';
import { Lines } from '../engine/positions.ts';
import type { Finding, SourceDocument } from '../engine/types.ts';
import { unknown } from '../report/index.ts';
import { configName, parseConfig, unknownRules } from '../workspace/config.ts';
import type { DocumentAnalysis } from '../workspace/project.ts';
import type { Analysed } from './code-actions.ts';
import { diagnosticOf, problemDiagnostic } from './diagnostics.ts';
import type { Folder, Folders, Place } from './folders.ts';
import type { Log } from './log.ts';
import type { Publisher } from './publisher.ts';
import { sameUri } from './uris.ts';

/** Slower than that is worth a line in the log. In milliseconds. */
const slow = 500;

/** The documents that the editor holds: each is analysed a moment after its last change, and what was found goes to the publisher. */
export class OpenDocuments {
  private readonly documents: TextDocuments<TextDocument>;
  private readonly folders: Folders;
  private readonly publisher: Publisher;
  private readonly log: Log;
  private readonly ruleIds: () => readonly string[];
  private readonly timers = new Map<string, NodeJS.Timeout>();
  private readonly places = new Map<string, Place>();
  private readonly without = new WeakMap<
    DocumentAnalysis,
    { readonly baseline: ReadonlySet<string>; readonly analysis: DocumentAnalysis }
  >();
  private readonly published = new Map<string, { readonly analysis: Analysis | undefined; readonly version: number }>();
  private readonly files = new Set<string>();

  constructor(documents: TextDocuments<TextDocument>, folders: Folders, publisher: Publisher, log: Log, ruleIds: () => readonly string[]) {
    this.documents = documents;
    this.folders = folders;
    this.publisher = publisher;
    this.log = log;
    this.ruleIds = ruleIds;
  }

  /** Whether the editor holds a file, by its name in `sameUri`. */
  has(file: string): boolean {
    return this.files.has(file);
  }

  /** The document was opened, or its text changed: an opened one is analysed at once. */
  changed(uri: string, delay: number): void {
    if (!this.documents.get(uri)) return;
    const file = sameUri(uri);
    this.schedule(uri, this.files.has(file) ? delay : 0);
    this.files.add(file);
  }

  /** Analyses and publishes the document when `delay` milliseconds have passed without another call for it. */
  schedule(uri: string, delay: number): void {
    clearTimeout(this.timers.get(uri));
    this.timers.set(
      uri,
      setTimeout(() => {
        this.timers.delete(uri);
        this.refresh(uri);
      }, delay),
    );
  }

  /** All of them, soon: configuration, folders or files on disk changed. */
  scheduleAll(): void {
    for (const { uri } of this.documents.all()) this.schedule(uri, 0);
  }

  /** Those among them that a file's change may concern. */
  scheduleAffected({ folder, path }: Place): void {
    for (const other of folder.project.affectedBy(path)) {
      const uri = [...this.places].find(([, place]) => place.folder === folder && place.path === other)?.[0];
      if (uri !== undefined && !this.timers.has(uri)) this.schedule(uri, 0);
    }
  }

  /** The document's analysis as its text is now; undefined where nothing is analysed. */
  analysed(document: TextDocument): (Analysed & { readonly analysis: DocumentAnalysis }) | undefined {
    const { folder, path } = this.placeOf(document);
    if (!folder.settings.enable || folder.leavesOut(path)) return undefined;
    folder.project.open(path, document.getText());
    const analysis = this.fresh(folder, folder.project.analysisOf(path));
    return { uri: document.uri, version: document.version, document: analysis.document, lines: linesOf(analysis.document), analysis };
  }

  /** The analysis that another text of the document would have. */
  analysisOfText(document: TextDocument, text: string): Analysis {
    const { folder, path } = this.placeOf(document);
    folder.project.open(path, text);
    try {
      return folder.project.analysisOf(path);
    } finally {
      folder.project.open(path, document.getText());
    }
  }

  /** The editor let go of the document: what a scan would find in the file stays on show, all else goes. */
  close(uri: string): void {
    clearTimeout(this.timers.get(uri));
    this.timers.delete(uri);
    this.files.delete(sameUri(uri));
    this.published.delete(uri);
    this.log.solved(uri);
    const place = this.places.get(uri);
    if (!place) return;
    this.places.delete(uri);
    place.folder.project.close(place.path);
    if (place.folder.scanned) this.publishClosed(place);
    else this.publisher.publish(uri, []);
    this.scheduleAffected(place);
  }

  /** Publishes what is found in a file that the editor doesn't hold, as it is on disk. */
  publishClosed(place: Place): void {
    const { folder, path } = place;
    const left = !folder.settings.enable || folder.leavesOut(path);
    this.publisher.publish(folder.uriOf(path), left ? [] : this.diagnostics(place, this.fresh(folder, folder.project.analysisOf(path))));
  }

  /** A finding of a folder in the protocol's terms. */
  diagnostic(folder: Folder, finding: PlacedFinding): Diagnostic {
    return diagnosticOf(finding, (path) => this.uriOf(folder, path));
  }

  private diagnostics({ folder }: Place, { document, findings }: DocumentAnalysis): Diagnostic[] {
    return this.placed(folder, document, findings).map((finding) => this.diagnostic(folder, finding));
  }

  private placed(folder: Folder, document: SourceDocument, findings: readonly Finding[]): readonly PlacedFinding[] {
    const { rules } = folder.setup;
    return place(
      document,
      findings,
      (id) => rules.get(id),
      (path) => folder.project.documentOf(path),
    );
  }

  /** An analysis without what the folder's baseline knows; the same object when that is nothing. */
  private fresh(folder: Folder, analysis: DocumentAnalysis): DocumentAnalysis {
    const { baseline } = folder.setup;
    const known = this.without.get(analysis);
    if (baseline.size === 0 || known?.baseline === baseline) return known?.baseline === baseline ? known.analysis : analysis;
    const placed = this.placed(folder, analysis.document, analysis.findings);
    const kept = new Set(unknown(placed, baseline));
    const findings = analysis.findings.filter((_, i) => kept.has(placed[i]!));
    const fresh = { ...analysis, findings };
    this.without.set(analysis, { baseline, analysis: fresh });
    return fresh;
  }

  private refresh(uri: string): void {
    const document = this.documents.get(uri);
    if (!document) return;
    const start = performance.now();
    try {
      const found = this.analysed(document);
      const analysis = found?.analysis;
      const before = this.published.get(uri);
      // Documents of one module concern each other: were a refresh without news to refresh the others, they would never come to rest.
      if (before?.version === document.version && before.analysis === analysis) return;
      this.published.set(uri, { analysis, version: document.version });
      const place = this.placeOf(document);
      this.publisher.publish(
        uri,
        found ? [...this.diagnostics(place, found.analysis), ...this.configProblems(place, found)] : [],
        document.version,
      );
      if (found) this.remark(uri, place.path, found.analysis);
      if (before?.version !== document.version) this.scheduleAffected(place);
    } catch (error) {
      this.log.problem(uri, `${uri} could not be analysed`, error);
    }
    const took = performance.now() - start;
    if (took > slow) this.log.info(`${uri} took ${Math.round(took)} ms`);
  }

  /** Says why an analysis isn't complete. */
  private remark(uri: string, path: string, analysis: DocumentAnalysis): void {
    const [failure] = analysis.failures;
    const why = failure ? `the rule ${failure.rule} failed: ${failure.message}` : (analysis.limited ?? analysis.skipped);
    if (why) this.log.problem(uri, `${path}: ${why}`);
    else this.log.solved(uri);
  }

  private configProblems({ folder, path }: Place, { document, lines }: Analysed) {
    if (basename(path) !== configName || folder.root === undefined) return [];
    const config = parseConfig(document.text, join(folder.root, dirname(path)));
    return [...config.problems, ...unknownRules(config, this.ruleIds())].map((problem) => problemDiagnostic(problem, lines));
  }

  /** Where the document belongs; a folder that comes or goes may take it elsewhere. */
  placeOf(document: TextDocument): Place {
    const place = this.folders.placeOf(document.uri, document.languageId);
    const before = this.places.get(document.uri);
    if (before && before.folder !== place.folder) before.folder.project.close(before.path);
    this.places.set(document.uri, place);
    return place;
  }

  /** As the editor spells it, where it holds the file. */
  private uriOf(folder: Folder, path: string): string {
    for (const [uri, place] of this.places) if (place.folder === folder && place.path === path) return uri;
    return folder.uriOf(path);
  }
}

const known = new WeakMap<SourceDocument, Lines>();

export function linesOf(document: SourceDocument): Lines {
  let lines = known.get(document);
  if (!lines) known.set(document, (lines = new Lines(document.text)));
  return lines;
}
