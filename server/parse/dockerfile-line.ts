import type { Entry, ListNode, MapNode, Node, ScalarNode, ScalarValue, Span } from '../engine/tree.ts';

/** Stands for a line continuation in the text that is tokenized, so that offsets stay those of the document. */
const joint = '\0';

/** The arguments of one instruction with continuations filled by `joint`, read from left to right. */
export class Line {
  private readonly text: string;
  /** The document's offset of the first character of `text`. */
  private readonly base: number;
  private readonly escape: string;
  private position = 0;

  constructor(text: string, start: number, end: number, escape: string) {
    this.base = start;
    this.escape = escape;
    const raw = blankComments(text.slice(start, end));
    const continuation = escape === '`' ? /`[ \t]*(?:\r?\n|\r)(?:[ \t]*(?:\r?\n|\r))*/g : /\\[ \t]*(?:\r?\n|\r)(?:[ \t]*(?:\r?\n|\r))*/g;
    this.text = raw.includes('\n') || raw.includes('\r') ? raw.replace(continuation, (m) => joint.repeat(m.length)) : raw;
    this.skip();
  }

  private skip(): void {
    while (this.position < this.text.length && isBlank(this.text.charCodeAt(this.position))) this.position++;
  }

  private span(start: number, end: number): Span {
    return { start: this.base + start, end: this.base + end };
  }

  /** The extent of the next word; quotes and escapes hold blanks together. */
  private extent(): { start: number; end: number } | undefined {
    this.skip();
    const start = this.position;
    const { text } = this;
    let quote = 0;
    let i = start;
    for (; i < text.length; i++) {
      const c = text.charCodeAt(i);
      if (quote !== 39 && text[i] === this.escape) i++;
      else if (quote) {
        if (c === quote) quote = 0;
      } else if (c === 34 || c === 39) quote = c;
      else if (c === 32 || c === 9 || c === 10 || c === 13) break;
    }
    i = Math.min(i, text.length);
    this.position = i;
    while (i > start && text.charCodeAt(i - 1) === 0) i--;
    return i > start ? { start, end: i } : undefined;
  }

  /** The value of characters as Docker reads them: quotes and escapes resolved, `\$` kept for the substitution that follows. */
  private decode(start: number, end: number): string {
    const raw = this.text.slice(start, end);
    if (!/["'\\`\0]/.test(raw)) return raw;
    let value = '';
    let quote = '';
    for (let i = 0; i < raw.length; i++) {
      const c = raw[i]!;
      const next = raw[i + 1];
      if (c === joint) continue;
      if (c === this.escape && quote !== "'" && next !== undefined && next !== joint) {
        const kept = next === '$' || (quote === '"' && next !== '"' && next !== this.escape);
        value += kept ? c + next : next;
        i++;
      } else if (quote) {
        if (c === quote) quote = '';
        else value += c;
      } else if (c === '"' || c === "'") quote = c;
      else value += c;
    }
    return value;
  }

  word(): ScalarNode | undefined {
    const extent = this.extent();
    return extent && scalar(this.decode(extent.start, extent.end), this.span(extent.start, extent.end));
  }

  words(): ScalarNode[] {
    const found: ScalarNode[] = [];
    for (let word = this.word(); word; word = this.word()) found.push(word);
    return found;
  }

  flags(): MapNode | undefined {
    const found: Entry[] = [];
    for (;;) {
      this.skip();
      const name = /^--([a-z][a-z-]*)/i.exec(this.text.slice(this.position, this.position + 40));
      if (!name) break;
      const extent = this.extent();
      if (!extent) break;
      const keySpan = this.span(extent.start, extent.start + name[0].length);
      const from = extent.start + name[0].length;
      let value: Node;
      if (this.text[from] !== '=') value = scalar(true, this.span(extent.start, extent.end));
      else if (name[1] === 'mount') value = this.options(from + 1, extent.end);
      else value = scalar(this.decode(from + 1, extent.end), this.span(from + 1, extent.end));
      found.push({ key: name[1]!, keySpan, span: this.span(extent.start, extent.end), value });
    }
    const last = found[found.length - 1];
    return last && map({ start: found[0]!.span.start, end: last.span.end }, found);
  }

  /** `type=secret,id=token` as a map. */
  private options(start: number, end: number): MapNode {
    const entries: Entry[] = [];
    for (let from = start; from < end;) {
      const comma = this.text.indexOf(',', from);
      const to = comma < 0 || comma > end ? end : comma;
      const equals = this.text.indexOf('=', from);
      const keyEnd = equals < 0 || equals > to ? to : equals;
      const value = keyEnd === to ? scalar(true, this.span(from, to)) : scalar(this.decode(keyEnd + 1, to), this.span(keyEnd + 1, to));
      entries.push({ key: this.decode(from, keyEnd), keySpan: this.span(from, keyEnd), span: this.span(from, to), value });
      from = to + 1;
    }
    return map(this.span(start, end), entries);
  }

  /** What is left, as it stands but for continuations; the position stays. */
  rest(): ScalarNode | undefined {
    this.skip();
    let end = this.text.length;
    while (end > this.position && isBlank(this.text.charCodeAt(end - 1))) end--;
    return end > this.position
      ? scalar(this.text.slice(this.position, end).replaceAll(joint, ''), this.span(this.position, end))
      : undefined;
  }

  /** `["a", "b"]`, where the rest is one. */
  json(): ListNode | undefined {
    const rest = this.rest();
    if (!rest || !(rest.value as string).startsWith('[')) return undefined;
    try {
      const parsed: unknown = JSON.parse(rest.value as string);
      if (!Array.isArray(parsed) || !parsed.every((v) => typeof v === 'string')) return undefined;
      const strings = [...this.text.slice(this.position).matchAll(/"(?:[^"\\]|\\.)*"/g)];
      return list(
        parsed.map((value: string, i) => {
          const start = this.position + (strings[i]?.index ?? 0);
          return scalar(value, this.span(start, start + (strings[i]?.[0].length ?? 0)));
        }),
        rest.span,
      );
    } catch {
      return undefined; // Docker takes what isn't JSON as shell text
    }
  }

  /** `A=b C="d e"`, or the old `A b c` where the rest of the line is the value. */
  variables(old: boolean): MapNode {
    const entries: Entry[] = [];
    this.skip();
    const from = this.position;
    for (let extent = this.extent(); extent; extent = this.extent()) {
      const raw = this.text.slice(extent.start, extent.end);
      const equals = raw.indexOf('=');
      const nameEnd = equals < 0 ? extent.end : extent.start + equals;
      const key = this.decode(extent.start, nameEnd);
      const keySpan = this.span(extent.start, nameEnd);
      const rest = equals < 0 && old && entries.length === 0 ? this.rest() : undefined;
      let value: Node;
      if (equals >= 0) value = scalar(this.decode(nameEnd + 1, extent.end), this.span(nameEnd + 1, extent.end));
      else value = rest ?? scalar(null, keySpan);
      entries.push({ key, keySpan, span: { start: keySpan.start, end: value.span.end }, value });
      if (rest) break;
    }
    return map({ start: this.base + from, end: entries[entries.length - 1]?.span.end ?? this.base + from }, entries);
  }

  /** The rest as a shell reads it: a continuation is one again, and the length is kept. */
  shellText(): string {
    return this.text
      .slice(this.position)
      .replace(/\0+/g, (run) => (run.length < 2 ? ' ' : '\\\n'.repeat(run.length >> 1).padEnd(run.length)));
  }

  get offset(): number {
    return this.base + this.position;
  }
}

const isBlank = (c: number): boolean => c === 32 || c === 9 || c === 10 || c === 13 || c === 0;

/** Comment lines as blanks, the length kept. */
export function blankComments(text: string): string {
  return text.includes('#') ? text.replace(/^[ \t]*#[^\r\n]*/gm, (comment) => ' '.repeat(comment.length)) : text;
}

export const scalar = (value: ScalarValue, span: Span): ScalarNode => ({ kind: 'scalar', value, span });
export const list = (items: readonly Node[], span: Span): ListNode => ({ kind: 'list', items, span });
export const map = (span: Span, entries: readonly Entry[]): MapNode => ({ kind: 'map', entries, span });
export const entry = (key: string, value: Node): Entry => ({ key, keySpan: value.span, span: value.span, value });
