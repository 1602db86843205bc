import type { Node, Span } from './tree.ts';

export const syntaxes = ['hcl', 'yaml', 'json', 'dockerfile', 'env', 'javascript', 'text'] as const;
/** How a document is parsed. `text` has no tree: only the text rules (secrets) look at it. */
export type Syntax = (typeof syntaxes)[number];

export const platforms = [
  'terraform',
  'cloudformation',
  'kubernetes',
  'helm',
  'compose',
  'dockerfile',
  'github-actions',
  'gitlab-ci',
  'ansible',
  'dependabot',
  'javascript',
] as const;
/** Whose words a fact is written in. */
export type Platform = (typeof platforms)[number];

export interface SourceDocument {
  /** '/'-separated and relative to the folder that is analysed; also the identity of the document within it. */
  readonly path: string;
  readonly text: string;
  readonly syntax: Syntax;
}

/** A literal with the name it is bound to, whatever the language: what generic secret rules look at. */
export interface Literal {
  /** The innermost key, variable, property or parameter name; empty when there is none. */
  readonly key: string;
  readonly value: string;
  /** The characters of the value itself, without quotes. */
  readonly span: Span;
  /** The key and value together (the assignment), for fixes. */
  readonly whole: Span;
  /** Keys from the root, for context: `["services", "db", "environment", "POSTGRES_PASSWORD"]`. */
  readonly path: readonly string[];
}

/** What a rule may ask about: a resource, a container, a step, an instruction … */
export interface Fact {
  readonly platform: Platform;
  /** What it is, most specific first: `["aws_s3_bucket"]`, `["init-container", "container"]`. */
  readonly types: readonly string[];
  /** How messages call it: `aws_s3_bucket.logs`, `container web`. */
  readonly name: string;
  readonly document: SourceDocument;
  readonly node: Node;
  /** What is underlined when something is missing: a block's header, a key. Never more than one line. */
  readonly head: Span;
  readonly span: Span;
  /** The fact around it: step → job → workflow, container → pod → workload. */
  readonly parent?: Fact;
  /** What else stands in the same module, folder or manifest set, for `with` and `without`. */
  readonly scope: Scope;
  /** Names by which other facts refer to this one: `aws_s3_bucket.logs`, a logical id. */
  readonly address?: string;
  /** Only on `javascript program`. */
  readonly code?: CodeModel;
  /** Only where the document says it in other words than the platform's (a Kubernetes object as a resource of Terraform). */
  readonly notation?: Notation;
}

/** How the document writes a fact. Without an answer there is no fix. */
export interface Notation {
  /** The node as it is written that a node of the fact was made of. */
  node(of: Node): Node | undefined;
  /** The same edit in the document's words. */
  edit(edit: TreeEdit): TreeEdit | undefined;
}

/** Facts that can refer to each other. */
export interface Scope {
  /** All facts of the given type (`aws_s3_bucket_public_access_block`) in the scope. */
  ofType(type: string): readonly Fact[];
  /** The fact that a reference such as `aws_s3_bucket.logs.id` points to. */
  resolve(ref: string): Fact | undefined;
}

// ---------------------------------------------------------------------------------------------------- rules

export const severities = ['critical', 'high', 'medium', 'low'] as const;
export type Severity = (typeof severities)[number];
export const confidences = ['high', 'medium', 'low'] as const;
export type Confidence = (typeof confidences)[number];

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** A compiled page. See docs/rules.md for the meaning of each field. */
export interface Rule {
  readonly id: string;
  readonly title: string;
  readonly severity: Severity;
  readonly confidence: Confidence;
  /** Not in the `recommended` preset: style, hygiene, or what only some teams want. */
  readonly optional?: boolean;
  readonly cwe: readonly number[];
  readonly owasp: readonly string[];
  readonly stride: readonly string[];
  readonly compliance: Readonly<Record<string, readonly string[]>>;
  readonly aliases: readonly string[];
  /** Rules that say more about the same thing: where one of them has a finding on a line, this one has none. */
  readonly yieldsTo?: readonly string[];
  readonly message: string;
  readonly match: readonly Match[];
  readonly fix?: FixTemplate;
  /** The Markdown body before the first fence: why it matters and what to do. */
  readonly why: string;
}

export type Match = FactMatch | CodeMatch | SecretMatch;

/** `on` a fact, `where` its paths pass, `with`/`without` related facts, or a `check` module. */
export interface FactMatch {
  readonly on: readonly { readonly platform: Platform; readonly type: string }[];
  readonly where?: Condition;
  readonly with?: Relation;
  readonly without?: Relation;
  readonly check?: string;
  /** The path that is underlined; otherwise the last test's place. */
  readonly at?: string;
  readonly message?: string;
  readonly fix?: FixTemplate;
}

/** A conjunction of path tests; `any`, `all` and `not` combine. */
export type Condition = Readonly<Record<string, Json>>;

export interface Relation {
  readonly resource: readonly string[];
  /** Paths of the other fact: one of them refers to this one. */
  readonly by?: readonly string[];
  /** A path of this fact that refers to the other one. */
  readonly to?: string;
  readonly where?: Condition;
}

/** Snippets in JavaScript, or a flow from sources to sinks. */
export interface CodeMatch {
  readonly code?: readonly string[];
  readonly not?: readonly string[];
  /** Snippets one of which must stand somewhere in the file. */
  readonly has?: readonly string[];
  /** Snippets none of which may stand anywhere in the file. */
  readonly lacks?: readonly string[];
  /** Tests on metavariables, by name without `$`. */
  readonly where?: Condition;
  readonly flow?: { readonly from: readonly string[]; readonly to: readonly string[]; readonly unless?: readonly string[] };
  readonly message?: string;
  readonly fix?: FixTemplate;
}

export interface SecretMatch {
  readonly secret: SecretPattern;
  readonly message?: string;
}

/** `pattern` is tried where a keyword stands; its group `secret` (else the whole match) is the value. See engine/secrets.ts. */
export interface SecretPattern {
  readonly keywords: readonly string[];
  readonly pattern: string;
  /** The pattern matches letters of either case. */
  readonly ignoreCase?: boolean;
  /** How many characters of a match may stand before its keyword; 0 when every match begins with one. */
  readonly lead?: number;
  /** Shannon entropy in bits per character that the value must reach. */
  readonly entropy?: number;
  /** The name of a checksum that the value must pass (engine/secrets/checksums.ts). */
  readonly checksum?: string;
  /** Regular expressions over the value or its line that disqualify it. */
  readonly unless?: readonly string[];
  /** The name of a test on a literal and its key, instead of text: `generic-credential`. */
  readonly literal?: string;
}

/** Edits by platform; `{…}` placeholders of the message may be used in texts. */
export interface FixTemplate {
  readonly title: string;
  /** Keeps the behaviour of a correct program: may run unattended (`source.fixAll`, `leftward fix`). */
  readonly safe: boolean;
  readonly set?: Readonly<Partial<Record<Platform, Readonly<Record<string, Json>>>>>;
  readonly remove?: Readonly<Partial<Record<Platform, readonly string[]>>>;
  /** The new text of the matched node (JavaScript: a snippet with `$X`), by platform. */
  readonly replace?: Readonly<Partial<Record<Platform, string>>>;
  /** Text put on lines of its own after the fact (a companion resource, an instruction), by platform. */
  readonly insert?: Readonly<Partial<Record<Platform, string>>>;
}

// ------------------------------------------------------------------------------------------------- findings

export interface TextEdit {
  readonly span: Span;
  readonly text: string;
}

export interface Fix {
  readonly title: string;
  readonly safe: boolean;
  /** In the finding's document, sorted, not overlapping. */
  readonly edits: readonly TextEdit[];
}

export interface Related {
  readonly path: string;
  readonly span: Span;
  readonly message: string;
}

/** Plain data: it crosses worker and process borders. A secret's value is masked in it. */
export interface Finding {
  readonly rule: string;
  readonly path: string;
  readonly span: Span;
  readonly message: string;
  readonly severity: Severity;
  readonly confidence: Confidence;
  readonly related: readonly Related[];
  /** The name of the fact it was found in, for reports and fingerprints; empty for text rules. */
  readonly subject: string;
  readonly fixable: boolean;
}

/** What a `check` module returns for one thing it found. */
export interface Hit {
  readonly span: Span;
  /** Values for the message's placeholders. */
  readonly values?: Readonly<Record<string, string>>;
  readonly related?: readonly Related[];
  /** Edits on the fact's tree; resolved by the syntax's writer. */
  readonly fix?: { readonly title: string; readonly safe: boolean; readonly edits: readonly TreeEdit[] };
}

/** A `check: <rule>.ts` module's default export: a pure function of one fact. */
export type Check = (fact: Fact) => readonly Hit[];

/** An edit on the tree, relative to a fact's node; the writer of the syntax turns it into text. */
export type TreeEdit =
  /** `focus` stands in for the writer's, where one fix deals with several places. */
  | { readonly op: 'set'; readonly path: string; readonly value: Json; readonly focus?: Span }
  | { readonly op: 'remove'; readonly path: string; readonly focus?: Span }
  /** Replaces the characters of a span as they are. */
  | { readonly op: 'replace'; readonly span: Span; readonly text: string }
  /** Lines of their own after (or before) the whole fact, or after the line that holds `span`. */
  | { readonly op: 'insert'; readonly text: string; readonly before?: boolean; readonly span?: Span };

/** One writer per syntax: tree edits in, text edits in the file's own style out. `focus` picks among repeated blocks or
 *  list items the one that holds it. Returns undefined when the edit cannot be made without guessing. */
export type Writer = (
  fact: Pick<Fact, 'document' | 'node' | 'span'>,
  edits: readonly TreeEdit[],
  focus: Span,
) => readonly TextEdit[] | undefined;

// ---------------------------------------------------------------------------------------------- JavaScript

/** What dataflow/ knows of one program. `queries` is the same array for every document, so its index can be kept. */
export interface CodeModel {
  search(queries: readonly CodeQuery[]): readonly CodeHit[];
}

export interface CodeQuery {
  readonly rule: string;
  /** Position of the match in the rule's `match` list. */
  readonly index: number;
  readonly match: CodeMatch;
}

export interface CodeHit {
  readonly query: CodeQuery;
  readonly span: Span;
  /** Metavariables with their text and span, `$` left out. Flow hits have `source` and `sink`. */
  readonly bindings: Readonly<Record<string, { readonly text: string; readonly span: Span }>>;
  /** The path of a taint, source first. */
  readonly related: readonly Related[];
  /** The text edits of a `replace` snippet with its metavariables filled in, and of the imports it needs. */
  replace(snippet: string): readonly TextEdit[] | undefined;
}
