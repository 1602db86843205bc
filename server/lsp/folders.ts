import { dirname, join, relative, sep } from 'node:path';
import { ruleSet, type RuleOptions, type RuleSet } from '../engine/analyze.ts';
import type { Rule } from '../engine/types.ts';
import { baselineName, readBaseline } from '../workspace/baseline.ts';
import { configName, findConfig, ignoredBy, parseConfig, type Config } from '../workspace/config.ts';
import type { Ignored } from '../workspace/ignored.ts';
import { Project } from '../workspace/project.ts';
import { checks, optionsOf, rulesOf } from '../workspace/rules.ts';
import { repositoryOf } from '../workspace/roots.ts';
import type { Log } from './log.ts';
import { defaults, type Settings } from './settings.ts';
import { diskPath, fileUri } from './uris.ts';

/** What a folder's files and the settings make of the rules. */
interface Setup {
  readonly config: Config;
  /** All that exist, by id, whether they are switched on or not. */
  readonly rules: ReadonlyMap<string, Rule>;
  readonly options: RuleOptions;
  readonly ruleSet: RuleSet;
  readonly ignored: Ignored | undefined;
  /** Prints of findings that the team knows of. */
  readonly baseline: ReadonlySet<string>;
}

/** A folder of documents that are analysed under one configuration. */
export class Folder {
  /** Without a slash at its end. */
  readonly uri: string;
  /** On disk; undefined for what an editor holds elsewhere. */
  private readonly disk: string | undefined;
  /** The repository around it, as for the command line: configuration, ignore rules and names of files count from there. */
  readonly root: string | undefined;
  /** The folder within `root`, '/'-separated; '' is all of it. */
  readonly start: string;
  readonly project: Project;
  settings: Settings = defaults;
  /** A scan has put the findings of its closed files on show, so they have to be kept up to date. */
  scanned = false;
  private readonly log: Log;
  private known: Setup | undefined;

  constructor(uri: string, log: Log) {
    this.uri = uri.replace(/\/$/, '');
    this.disk = diskPath(uri);
    this.root = this.disk === undefined ? undefined : (repositoryOf(this.disk) ?? this.disk);
    this.start = this.disk === undefined ? '' : relative(this.root!, this.disk).split(sep).join('/');
    this.log = log;
    const rules = () => this.setup.ruleSet;
    this.project =
      this.root === undefined ? new Project(this.uri, rules, () => ({ skipped: 'not on disk' })) : new Project(this.root, rules);
  }

  /** Read when it is first needed, and again after `reconfigure`. */
  get setup(): Setup {
    return (this.known ??= this.read());
  }

  /** Whether the configuration or git leaves a file out. */
  leavesOut(path: string): boolean {
    return this.setup.ignored?.has(path) ?? false;
  }

  /** Settings, configuration, ignore files or the pages of own rules changed. */
  reconfigure(settings: Settings = this.settings): void {
    this.settings = settings;
    this.known = undefined;
  }

  /** The URI of a document of this folder. */
  uriOf(path: string): string {
    return this.root === undefined ? `${this.uri}/${path.split('/').map(encodeURIComponent).join('/')}` : fileUri(join(this.root, path));
  }

  private read(): Setup {
    const config = this.root === undefined ? parseConfig('', '') : findConfig(this.disk ?? this.root, this.root);
    const book = rulesOf(config);
    const problem = config.problems[0]?.message ?? (book.problems[0] && `${book.problems[0].page}: ${book.problems[0].message}`);
    if (problem) this.log.problem(this.uri, `${configName}: ${problem}`);
    else this.log.solved(this.uri);
    const options = this.options(config);
    return {
      config,
      options,
      rules: new Map(book.rules.map((rule) => [rule.id, rule])),
      ruleSet: ruleSet(book.rules, checks, options),
      baseline: this.baseline(),
      ignored: this.root === undefined ? undefined : ignoredBy(config, this.root, this.start),
    };
  }

  private baseline(): ReadonlySet<string> {
    if (this.root === undefined) return new Set();
    const key = `${this.uri}/${baselineName}`;
    try {
      const known = readBaseline(this.root);
      this.log.solved(key);
      return known;
    } catch (error) {
      this.log.problem(key, (error as Error).message);
      return new Set();
    }
  }

  /** What the folder's file says counts more than the settings of one editor, so that all editors and CI agree. */
  private options(config: Config): RuleOptions {
    const options = optionsOf(config, config.path === undefined ? { preset: this.settings.preset } : {});
    return { ...options, severity: { ...this.settings.rules, ...config.severity } };
  }
}

/** A document's folder and its path within it. */
export interface Place {
  readonly folder: Folder;
  readonly path: string;
}

/** The folders of the workspace, and one for each place outside of it that documents are open from. */
export class Folders {
  readonly workspace = new Map<string, Folder>();
  /** Of documents outside of the workspace. */
  settings: Settings = defaults;
  private readonly loose = new Map<string, Folder>();
  private readonly log: Log;

  constructor(log: Log) {
    this.log = log;
  }

  get all(): readonly Folder[] {
    return [...this.workspace.values(), ...this.loose.values()];
  }

  add(uri: string): void {
    const folder = new Folder(uri, this.log);
    this.workspace.set(folder.uri, folder);
    this.loose.clear();
  }

  remove(uri: string): Folder | undefined {
    const key = uri.replace(/\/$/, '');
    const folder = this.workspace.get(key);
    this.workspace.delete(key);
    return folder;
  }

  /** The innermost folder of the workspace around a document, else a folder of its own directory only. `language` names what has no file name yet. */
  placeOf(uri: string, language?: string): Place {
    let best: Place | undefined;
    for (const folder of this.workspace.values()) {
      const path = pathIn(folder, uri);
      if (path && (!best || folder.uri.length > best.folder.uri.length)) best = { folder, path };
    }
    if (best) return best;
    const disk = diskPath(uri);
    if (disk !== undefined) {
      const folder = this.looseFolder(fileUri(dirname(disk)));
      return { folder, path: pathIn(folder, uri) ?? disk };
    }
    const name = decode(uri.slice(uri.indexOf(':') + 1)).replace(/^\/+/, '');
    // A folder for each, so that they aren't taken for files of one module.
    return { folder: this.looseFolder(uri), path: /\.\w+$/.test(name) ? name : (fileNames[language ?? ''] ?? name) };
  }

  private looseFolder(uri: string): Folder {
    let folder = this.loose.get(uri);
    if (!folder) {
      folder = new Folder(uri, this.log);
      folder.settings = this.settings;
      this.loose.set(uri, folder);
    }
    return folder;
  }
}

/** What a document that was never saved would be called: a name decides how a document is read. */
const fileNames: Readonly<Record<string, string>> = {
  dockerfile: 'Dockerfile',
  terraform: 'main.tf',
  'terraform-vars': 'terraform.tfvars',
  hcl: 'main.tf',
  yaml: 'document.yaml',
  json: 'document.json',
  jsonc: 'document.json',
  javascript: 'index.js',
  javascriptreact: 'index.jsx',
  typescript: 'index.ts',
  typescriptreact: 'index.tsx',
  dotenv: '.env',
  dockercompose: 'compose.yaml',
  'github-actions-workflow': '.github/workflows/workflow.yml',
  'gitlab-ci': '.gitlab-ci.yml',
};

/** The '/'-separated path of a document within a folder; undefined when it lies elsewhere. */
function pathIn(folder: Folder, uri: string): string | undefined {
  if (folder.root === undefined) return uri.startsWith(`${folder.uri}/`) ? decode(uri.slice(folder.uri.length + 1)) : undefined;
  const disk = diskPath(uri);
  if (disk === undefined) return undefined;
  const path = relative(folder.root, disk).split(sep).join('/');
  if (path === '..' || path.startsWith('../') || /^[a-z]:/i.test(path)) return undefined;
  return folder.start === '' || path.startsWith(`${folder.start}/`) ? path : undefined;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
