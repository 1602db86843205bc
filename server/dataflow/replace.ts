import type { TextEdit } from '../engine/types.ts';
import { settledInit, writtenName } from './names.ts';
import { child, isMember, keyName, keysOf, unwrap, type Node } from './nodes.ts';
import { compilePattern, isEllipsis, metavariable, type Pattern } from './pattern.ts';
import type { Match } from './queries.ts';
import { lookup, type Scope } from './scopes.ts';

/**
 * The edits that turn what a pattern matched into what another snippet says. Both snippets are read side by side, and only
 * where they differ the code changes: what `...` stands for, comments and layout stay. Undefined where that would be a guess,
 * as when another import were needed.
 */
export function replacement(snippet: string, match: Match, text: string): readonly TextEdit[] | undefined {
  let wanted: Pattern | undefined;
  try {
    wanted = compilePattern(snippet);
  } catch {
    // A lone metavariable is no pattern, but a fine replacement.
  }
  const node = unwrap(match.place.node);
  const whole = { start: node.start!, end: node.end! };
  if (!wanted) {
    const filled = fill(snippet, match, text);
    return filled === undefined ? undefined : [{ span: whole, text: filled }];
  }
  const edits = new Edits(match, wanted, text);
  if (!edits.align(match.pattern.node, wanted.node, node, match.place.scope)) return undefined;
  return edits.list.sort((a, b) => a.span.start - b.span.start);
}

/** A snippet's text with its metavariables filled in; undefined when one is not bound, or `...` is left. */
function fill(snippet: string, { bindings }: Match, text: string): string | undefined {
  if (snippet.includes('$ELLIPSIS')) return undefined;
  let complete = true;
  const filled = snippet.replace(/\$([A-Z_][A-Z0-9_]*)/g, (whole, name: string) => {
    const bound = bindings.get(name);
    if (!bound) complete = false;
    return bound ? text.slice(bound.start!, bound.end!) : whole;
  });
  return complete ? filled : undefined;
}

class Edits {
  readonly list: TextEdit[] = [];
  private readonly match: Match;
  private readonly wanted: Pattern;
  private readonly text: string;
  /** Some name would need another import. */
  private unknown = false;

  constructor(match: Match, wanted: Pattern, text: string) {
    this.match = match;
    this.wanted = wanted;
    this.text = text;
  }

  private before = (node: Node): string => this.match.pattern.source.slice(node.start!, node.end!);
  private after = (node: Node): string => this.wanted.source.slice(node.start!, node.end!);

  /** Makes the code that `before` matched say `after`; false when it can't. */
  align(before: Node, after: Node, code: Node, scope: Scope): boolean {
    before = unwrap(before);
    after = unwrap(after);
    code = unwrap(code);
    if (this.before(before) === this.after(after)) return true;
    const names = [this.match.pattern.names.get(before), this.wanted.names.get(after)] as const;
    if (names[0] !== undefined && names[1] !== undefined) return this.rename(names[0], names[1], after, code, scope);
    if (before.type !== after.type || metavariable(before) !== undefined || metavariable(after) !== undefined) return this.put(after, code);
    if (code.type !== before.type) {
      const init = settledInit(code, scope);
      if (init && before.type === 'ObjectExpression') return this.align(before, after, init.node, init.scope);
      if (!(isMember(code) && isMember(before))) return this.put(after, code);
    }
    if (before.type === 'ObjectExpression' && after.type === 'ObjectExpression' && code.type === 'ObjectExpression') {
      return this.object(before, after, code, scope);
    }
    const keys = keysOf(before.type);
    if (!keys.length || before.type === 'TemplateLiteral') return this.put(after, code);
    const mark = this.list.length;
    for (const key of keys) {
      const [b, a, c] = [child(before, key), child(after, key), child(code, key)];
      const fits =
        Array.isArray(b) || Array.isArray(a) || Array.isArray(c)
          ? this.items(b as readonly Node[], a as readonly Node[], c as readonly Node[], scope)
          : !b && !a
            ? true
            : Boolean(b && a && c) && this.align(b as Node, a as Node, c as Node, scope);
      if (fits) continue;
      this.list.length = mark;
      return this.put(after, code);
    }
    return true;
  }

  private put(after: Node, code: Node): boolean {
    let filled = this.unknown ? undefined : fill(this.after(after), this.match, this.text);
    if (filled === undefined) return false;
    if (after.type === 'StringLiteral' && this.text[code.start!] === "'" && !/['\\]/.test(after.value)) filled = `'${after.value}'`;
    this.list.push({ span: { start: code.start!, end: code.end! }, text: filled });
    return true;
  }

  /** `child_process.exec` to `child_process.execFile`: the file may know the module by another name. */
  private rename(from: string, to: string, after: Node, code: Node, scope: Scope): boolean {
    const base = (name: string): string => name.slice(0, name.lastIndexOf('.') + 1);
    if (base(from) && base(from) === base(to)) {
      this.unknown ||= !isMember(code) || code.computed;
      if (!isMember(code) || code.computed) return false;
      const { start, end } = code.property;
      this.list.push({ span: { start: start!, end: end! }, text: to.slice(base(to).length) });
      return true;
    }
    // Only a name that needs no import can be written as it is.
    const root = writtenName(code)?.split('.')[0];
    return root !== undefined && !lookup(scope, root) && this.put(after, code);
  }

  private items(before: readonly Node[], after: readonly Node[], code: readonly Node[], scope: Scope): boolean {
    const open = before.findIndex((item) => isEllipsis(item));
    const shared = open < 0 ? before.length : open;
    for (let i = 0; i < shared; i++) {
      const [b, a, c] = [before[i], after[i], code[i]];
      if (!b || !a || !c || isEllipsis(a) || !this.align(b, a, c, scope)) return false;
    }
    if (open >= 0)
      return after.length === before.length && after.slice(open).every((a, i) => this.after(a) === this.before(before[open + i]!));
    const last = code.at(-1);
    for (const extra of after.slice(shared)) {
      const filled = fill(this.after(extra), this.match, this.text);
      if (filled === undefined || !last) return false;
      this.list.push({ span: { start: last.end!, end: last.end! }, text: `, ${filled}` });
    }
    return true;
  }

  private object(
    before: Extract<Node, { type: 'ObjectExpression' }>,
    after: Extract<Node, { type: 'ObjectExpression' }>,
    code: Extract<Node, { type: 'ObjectExpression' }>,
    scope: Scope,
  ): boolean {
    type Property = Extract<Node, { type: 'ObjectProperty' }>;
    const find = (object: typeof code, name: string | undefined): Property | undefined =>
      object.properties.findLast((p): p is Property => p.type === 'ObjectProperty' && keyName(p.key, p.computed) === name);
    for (const property of after.properties) {
      if (property.type !== 'ObjectProperty' || isEllipsis(property)) continue;
      const name = keyName(property.key, property.computed);
      const old = find(before, name);
      const own = find(code, name);
      if (old && own) {
        if (!this.align(old.value, property.value, own.value, scope)) return false;
        continue;
      }
      const filled = fill(this.after(property), this.match, this.text);
      if (filled === undefined) return false;
      if (own) {
        this.list.push({ span: { start: own.value.start!, end: own.value.end! }, text: filled.slice(filled.indexOf(':') + 1).trim() });
        continue;
      }
      const last = code.properties.at(-1);
      if (last) this.list.push({ span: { start: last.end!, end: last.end! }, text: `${this.gap(code)}${filled}` });
      else this.list.push({ span: { start: code.start!, end: code.end! }, text: `{ ${filled} }` });
    }
    // What the new snippet no longer has goes.
    for (const property of before.properties) {
      if (property.type !== 'ObjectProperty' || isEllipsis(property)) continue;
      const name = keyName(property.key, property.computed);
      if (name === undefined || name.startsWith('$WITHOUT_') || find(after, name)) continue;
      const own = find(code, name);
      if (own) this.removeProperty(own, code);
    }
    return true;
  }

  /** What stands between properties: a comma and, in an object of several lines, a line of its own. */
  private gap(code: Extract<Node, { type: 'ObjectExpression' }>): string {
    const last = code.properties.at(-1)!;
    const line = /(\r?\n[ \t]*)$/.exec(this.text.slice(Math.max(code.start!, last.start! - 400), last.start!));
    return line ? `,${line[1]}` : ', ';
  }

  private removeProperty(own: Node, code: Extract<Node, { type: 'ObjectExpression' }>): void {
    const i = code.properties.indexOf(own as never);
    const next = code.properties[i + 1];
    const previous = code.properties[i - 1];
    const span = next ? { start: own.start!, end: next.start! } : { start: previous ? previous.end! : own.start!, end: own.end! };
    this.list.push({ span, text: '' });
  }
}
