import type { Span } from './tree.ts';
import type { Fact, Fix, FixTemplate, Notation, Syntax, TextEdit, TreeEdit, Writer } from './types.ts';
import { writeDockerfile } from './write/dockerfile.ts';
import { writeHcl } from './write/hcl.ts';
import { writeJavascript } from './write/javascript.ts';
import { writeJson } from './write/json.ts';
import { writePlain } from './write/plain.ts';
import { writeYaml } from './write/yaml.ts';

const writers: Readonly<Record<Syntax, Writer>> = {
  hcl: writeHcl,
  yaml: writeYaml,
  json: writeJson,
  dockerfile: writeDockerfile,
  env: writePlain,
  javascript: writeJavascript,
  text: writePlain,
};

/** Turns edits on a fact's tree into text edits; undefined when the writer can't do it without guessing. */
export function writeEdits(fact: Fact, edits: readonly TreeEdit[], focus: Span): readonly TextEdit[] | undefined {
  const place = fact.notation ? inNotation(fact, fact.notation, edits) : { fact, edits };
  const { text, syntax } = fact.document;
  const written = place && writers[syntax](place.fact, place.edits, focus);
  const changing = written?.filter((edit) => text.slice(edit.span.start, edit.span.end) !== edit.text);
  return changing && changing.length > 0 ? normalise(changing) : undefined;
}

/** The fact and its edits as the document writes them. */
function inNotation({ document, node, span }: Fact, notation: Notation, edits: readonly TreeEdit[]) {
  const written = notation.node(node);
  const translated = edits.map((edit) => notation.edit(edit));
  return written && translated.every((edit) => edit !== undefined)
    ? { fact: { document, node: written, span }, edits: translated }
    : undefined;
}

/** A place of a finding, with what puts its values into a template's texts. */
export interface Site {
  readonly span: Span;
  readonly fill: (text: string) => string;
}

/**
 * The fix that a page's template describes for one place, or for several that are one finding; undefined when the template has nothing for the platform.
 * Where the writer can't do all at once, the first one is a start.
 */
export function fixOf(template: FixTemplate, fact: Fact, sites: readonly [Site, ...Site[]]): Fix | undefined {
  const { platform } = fact;
  const [{ span: focus, fill }] = sites;
  const edits: TreeEdit[] = [];
  for (const site of sites) {
    for (const path of template.remove?.[platform] ?? []) edits.push({ op: 'remove', path, focus: site.span });
    for (const [path, value] of Object.entries(template.set?.[platform] ?? {})) {
      edits.push({ op: 'set', path: site.fill(path), value: typeof value === 'string' ? site.fill(value) : value, focus: site.span });
    }
    const replacement = template.replace?.[platform];
    if (replacement !== undefined) edits.push({ op: 'replace', span: site.span, text: site.fill(replacement) });
  }
  const lines = template.insert?.[platform];
  if (lines !== undefined) edits.push({ op: 'insert', text: fill(lines) });
  if (edits.length === 0) return undefined;
  const written = writeEdits(fact, edits, focus);
  if (!written) return sites.length > 1 ? fixOf(template, fact, [sites[0]]) : undefined;
  return { title: fill(template.title), safe: template.safe, edits: written };
}

/** Applies sorted, non-overlapping edits. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  let result = '';
  let from = 0;
  for (const edit of normalise(edits)) {
    if (edit.span.start < from) continue;
    result += text.slice(from, edit.span.start) + edit.text;
    from = edit.span.end;
  }
  return result + text.slice(from);
}

/** Picks, in order, the fixes that touch no character that an earlier one touches. */
export function compatible(fixes: readonly Fix[]): { readonly fixes: readonly Fix[]; readonly edits: readonly TextEdit[] } {
  const taken: TextEdit[] = [];
  const chosen: Fix[] = [];
  for (const fix of fixes) {
    const fresh = fix.edits.filter((edit) => !taken.some((other) => same(edit, other)));
    if (fresh.some((edit) => taken.some((other) => overlap(edit, other)))) continue;
    taken.push(...fresh);
    chosen.push(fix);
  }
  return { fixes: chosen, edits: normalise(taken) };
}

function same(a: TextEdit, b: TextEdit): boolean {
  return a.span.start === b.span.start && a.span.end === b.span.end && a.text === b.text;
}

/** Two insertions at one place conflict as well: their order would decide the outcome. So does one behind what the other takes away. */
function overlap(a: TextEdit, b: TextEdit): boolean {
  if (a.span.start === b.span.start) return true;
  return (a.span.start < b.span.end && b.span.start < a.span.end) || behind(a, b) || behind(b, a);
}

function behind(insertion: TextEdit, removal: TextEdit): boolean {
  const { start, end } = insertion.span;
  return start === end && removal.text === '' && removal.span.end === start;
}

/** In order, each once. */
function normalise(edits: readonly TextEdit[]): readonly TextEdit[] {
  return edits
    .toSorted((a, b) => a.span.start - b.span.start || a.span.end - b.span.end)
    .filter((edit, i, sorted) => i === 0 || !same(edit, sorted[i - 1]!));
}
