import type { Span } from './tree.ts';

/** The expression language of GitHub Actions: `${{ … }}` in texts, and bare in `if:`. */
export type ExpressionNode =
  | { readonly kind: 'literal'; readonly value: string | number | boolean | null; readonly span: Span }
  /** `github.event.issue.title`, canonical: indexes by a string are dotted, `*` and computed indexes are `*`. */
  | { readonly kind: 'context'; readonly path: string; readonly indexes: readonly ExpressionNode[]; readonly span: Span }
  /** A property of something computed: `fromJSON(x).y`. */
  | { readonly kind: 'property'; readonly of: ExpressionNode; readonly name: string; readonly index?: ExpressionNode; readonly span: Span }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly ExpressionNode[]; readonly span: Span }
  | { readonly kind: 'not'; readonly operand: ExpressionNode; readonly span: Span }
  | {
      readonly kind: 'binary';
      readonly operator: string;
      readonly left: ExpressionNode;
      readonly right: ExpressionNode;
      readonly span: Span;
    };

export interface ContextUse {
  /** `github.event.pull_request.title`. */
  readonly path: string;
  readonly span: Span;
  /** Its text can be part of the result: not only compared, negated or asked by `contains(…)`. */
  readonly reaches: boolean;
}

export interface Expression {
  /** With `${{` and `}}`, where they are written. */
  readonly span: Span;
  readonly text: string;
  /** Absent when the text is no valid expression; `contexts` then has what was read before the error. */
  readonly ast?: ExpressionNode;
  readonly contexts: readonly ContextUse[];
  /** Names of the functions called, in lower case. */
  readonly functions: readonly string[];
}

/** The `${{ … }}` expressions of a text that stands at `offset` in its document. One that isn't closed is left out. */
export function expressions(text: string, offset: number): readonly Expression[] {
  const found: Expression[] = [];
  for (let start = text.indexOf('${{'); start >= 0;) {
    const end = closing(text, start + 3);
    if (end < 0) break;
    found.push(read(text.slice(start + 3, end), offset + start + 3, { start: offset + start, end: offset + end + 2 }));
    start = text.indexOf('${{', end + 2);
  }
  return found;
}

/** A whole text as one expression, as in `if: github.actor == 'x'`. */
export function expression(text: string, offset: number): Expression {
  return read(text, offset, { start: offset, end: offset + text.length });
}

/** The offset of `}}` outside strings. */
function closing(text: string, from: number): number {
  for (let i = from; i < text.length; i++) {
    if (text[i] === "'") {
      i = text.indexOf("'", i + 1);
      if (i < 0) return -1;
    } else if (text[i] === '}' && text[i + 1] === '}') return i;
  }
  return -1;
}

function read(text: string, offset: number, span: Span): Expression {
  const parser = new Parser(text, offset);
  const ast = parser.whole();
  if (!ast) return { span, text: text.trim(), contexts: parser.seen, functions: parser.functions };
  const contexts: ContextUse[] = [];
  collect(ast, true, contexts);
  return { span, text: text.trim(), ast, contexts, functions: parser.functions };
}

/** Functions whose result holds no text of their arguments. */
const opaque: ReadonlySet<string> = new Set([
  'contains',
  'startswith',
  'endswith',
  'hashfiles',
  'success',
  'failure',
  'always',
  'cancelled',
]);

function collect(node: ExpressionNode, reaches: boolean, into: ContextUse[]): void {
  switch (node.kind) {
    case 'literal':
      return;
    case 'context':
      into.push({ path: node.path, span: node.span, reaches });
      for (const index of node.indexes) collect(index, false, into);
      return;
    case 'property':
      collect(node.of, reaches, into);
      if (node.index) collect(node.index, false, into);
      return;
    case 'call':
      for (const arg of node.args) collect(arg, reaches && !opaque.has(node.name), into);
      return;
    case 'not':
      collect(node.operand, false, into);
      return;
    case 'binary': {
      // `a && b` is b, or an a that is false or empty.
      const logical = node.operator === '&&' || node.operator === '||';
      collect(node.left, reaches && node.operator === '||', into);
      collect(node.right, reaches && logical, into);
    }
  }
}

// --------------------------------------------------------------------------------------------------- parser

interface Token {
  readonly kind: 'string' | 'number' | 'name' | 'symbol' | 'end' | 'error';
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const tokens =
  /\s+|'(?:[^']|'')*'|[-+]?(?:0x[\da-fA-F]+|0o[0-7]+|(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)|[A-Za-z_][\w-]*|&&|\|\||[=!<>]=|[()[\].,!<>*]/y;
const precedence: Readonly<Record<string, number>> = { '||': 1, '&&': 2, '==': 3, '!=': 3, '<': 4, '<=': 4, '>': 4, '>=': 4 };
const deepest = 200;
/** Operators and properties in one expression; a chain of them is as deep a tree. */
const longest = 1000;

class Parser {
  readonly functions: string[] = [];
  /** Contexts in the order they were read, for expressions that end in an error. */
  readonly seen: ContextUse[] = [];
  private readonly text: string;
  private readonly offset: number;
  private token: Token = { kind: 'end', text: '', start: 0, end: 0 };
  private depth = 0;
  private length = 0;

  constructor(text: string, offset: number) {
    this.text = text;
    this.offset = offset;
    this.next(0);
  }

  whole(): ExpressionNode | undefined {
    const node = this.binary(0);
    return node && this.token.kind === 'end' ? node : undefined;
  }

  private next(from = this.token.end): void {
    tokens.lastIndex = from;
    let match = tokens.exec(this.text);
    if (match && /^\s/.test(match[0])) match = tokens.exec(this.text);
    if (!match) {
      const rest = this.text.slice(from).trim();
      this.token = { kind: rest ? 'error' : 'end', text: '', start: this.text.length, end: this.text.length };
      return;
    }
    const [text] = match;
    const kind = text.startsWith("'") ? 'string' : /^[A-Za-z_]/.test(text) ? 'name' : /\d/.test(text) ? 'number' : 'symbol';
    this.token = { kind, text, start: match.index, end: match.index + text.length };
  }

  private is(symbol: string): boolean {
    return this.token.kind === 'symbol' && this.token.text === symbol;
  }

  private take(symbol: string): boolean {
    if (!this.is(symbol)) return false;
    this.next();
    return true;
  }

  private span(start: number, end: number): Span {
    return { start: this.offset + start, end: this.offset + end };
  }

  private binary(least: number): ExpressionNode | undefined {
    let left = this.unary();
    while (left && this.token.kind === 'symbol') {
      const operator = this.token.text;
      const strength = Object.hasOwn(precedence, operator) ? precedence[operator]! : 0;
      if (strength === 0 || strength <= least) break;
      if (++this.length > longest) return undefined;
      this.next();
      const right = this.binary(strength);
      if (!right) return undefined;
      left = { kind: 'binary', operator, left, right, span: { start: left.span.start, end: right.span.end } };
    }
    return left;
  }

  private unary(): ExpressionNode | undefined {
    if (this.depth > deepest) return undefined;
    this.depth++;
    const node = this.negated();
    this.depth--;
    return node;
  }

  private negated(): ExpressionNode | undefined {
    const { start } = this.token;
    if (this.take('!')) {
      const operand = this.unary();
      return operand && { kind: 'not', operand, span: { start: this.offset + start, end: operand.span.end } };
    }
    if (this.take('(')) {
      const inner = this.binary(0);
      return inner && this.take(')') ? this.properties(inner) : undefined;
    }
    return this.operand();
  }

  private operand(): ExpressionNode | undefined {
    const { kind, text, start, end } = this.token;
    const span = this.span(start, end);
    if (kind === 'string' || kind === 'number') {
      this.next();
      return { kind: 'literal', value: kind === 'string' ? text.slice(1, -1).replaceAll("''", "'") : Number(text), span };
    }
    if (kind !== 'name') return undefined;
    this.next();
    if (this.is('(')) return this.call(text, start);
    const lower = text.toLowerCase();
    if (lower === 'true' || lower === 'false' || lower === 'null') {
      return { kind: 'literal', value: lower === 'null' ? null : lower === 'true', span };
    }
    return this.context(text, start, end);
  }

  private call(name: string, start: number): ExpressionNode | undefined {
    this.functions.push(name.toLowerCase());
    this.next();
    const args: ExpressionNode[] = [];
    while (!this.is(')')) {
      const arg = this.binary(0);
      if (!arg) return undefined;
      args.push(arg);
      if (!this.take(',') && !this.is(')')) return undefined;
    }
    const { end } = this.token;
    this.next();
    return this.properties({ kind: 'call', name: name.toLowerCase(), args, span: this.span(start, end) });
  }

  private context(name: string, start: number, first: number): ExpressionNode | undefined {
    const names = [name];
    const indexes: ExpressionNode[] = [];
    let end = first;
    for (let step = this.step(); step; step = this.step()) {
      if (step.end < 0) {
        this.seen.push({ path: names.join('.'), span: this.span(start, end), reaches: true });
        return undefined;
      }
      names.push(step.name);
      if (step.index && step.index.kind !== 'literal') indexes.push(step.index);
      ({ end } = step);
    }
    const path = names.join('.');
    this.seen.push({ path, span: this.span(start, end), reaches: true });
    return { kind: 'context', path, indexes, span: this.span(start, end) };
  }

  private properties(of: ExpressionNode): ExpressionNode | undefined {
    let node = of;
    for (let step = this.step(); step; step = this.step()) {
      if (step.end < 0 || ++this.length > longest) return undefined;
      const span = { start: of.span.start, end: this.offset + step.end };
      node = { kind: 'property', of: node, name: step.name, ...(step.index && { index: step.index }), span };
    }
    return node;
  }

  /** `.name`, `.*`, `[…]`; `end` is -1 where one was begun and isn't valid. */
  private step(): { name: string; index?: ExpressionNode; end: number } | undefined {
    if (this.take('.')) {
      const { kind, text, end } = this.token;
      if (kind !== 'name' && !this.is('*')) return { name: '', end: -1 };
      this.next();
      return { name: text, end };
    }
    if (!this.take('[')) return undefined;
    const star = this.take('*');
    const index = star ? undefined : this.binary(0);
    const { end } = this.token;
    if ((!star && !index) || !this.take(']')) return { name: '', end: -1 };
    const name = index?.kind === 'literal' && typeof index.value === 'string' ? index.value : '*';
    return { name, ...(index && { index }), end };
  }
}

// ------------------------------------------------------------------------------------------- untrusted input

/**
 * What anybody can choose who opens an issue, a pull request or a discussion, comments, or pushes to a fork: the contexts
 * that GitHub's "Security hardening for GitHub Actions" names as untrusted, and the whole objects that hold them.
 */
const untrusted: readonly RegExp[] = [
  /^github\.head_ref$/,
  /^github\.event\.(?:issue|pull_request|discussion)\.(?:title|body)$/,
  /^github\.event\.(?:comment|review|review_comment)\.body$/,
  /^github\.event\.(?:pages\.\*|pages\.\d+)\.page_name$/,
  /^github\.event\.(?:head_commit|commits\.(?:\*|\d+)|workflow_run\.head_commit)\.(?:message|author\.(?:email|name)|committer\.(?:email|name))$/,
  /^github\.event\.(?:pull_request|workflow_run\.pull_requests\.(?:\*|\d+))\.head\.(?:ref|label|repo\.(?:default_branch|description|homepage))$/,
  /^github\.event\.workflow_run\.(?:head_branch|display_title|head_repository\.(?:description|default_branch))$/,
  /^github\.event\.(?:changes\.(?:title|body)\.from|changes\.head\.ref\.from)$/,
  /^github(?:\.event(?:\.(?:issue|pull_request|pull_request\.head|discussion|comment|review|head_commit|commits(?:\.\*)?|workflow_run|pages))?)?$/,
];

/** Whether an outsider chooses (a part of) the value of this context; `context` as in `ContextUse.path`. */
export function attackerControlled(context: string): boolean {
  const path = context.toLowerCase();
  return path.startsWith('github') && untrusted.some((pattern) => pattern.test(path));
}
