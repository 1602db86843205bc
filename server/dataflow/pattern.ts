import { parseSnippet } from '../parse/javascript.ts';
import { lastName, writtenName } from './names.ts';
import { isCall, isMember, keyName, propertyName, unwrap, type Node } from './nodes.ts';
import { moduleName } from './scopes.ts';

/** A snippet made ready to match. */
export interface Pattern {
  readonly snippet: string;
  readonly node: Node;
  /** What `node` is an extent of: the snippet as Babel read it. */
  readonly source: string;
  /** Where to look for candidates: the kind of node, and the last name of the callee or property where it has one. */
  readonly index: string;
  /** Chains of names that are not metavariables, by node: `child_process.exec`. */
  readonly names: ReadonlyMap<Node, string>;
}

/** What `...` and `{ !key: … }` are called while Babel reads a snippet. */
export const ellipsis = '$ELLIPSIS';
const without = '$WITHOUT_';

export const isEllipsis = (node: Node | null | undefined): boolean => {
  if (!node) return false;
  switch (node.type) {
    case 'Identifier':
      return node.name === ellipsis;
    case 'ExpressionStatement':
    case 'JSXExpressionContainer':
      return isEllipsis(node.expression);
    case 'ObjectProperty':
      return node.shorthand && isEllipsis(node.value);
    case 'JSXAttribute':
      return node.name.name === ellipsis;
    default:
      return false;
  }
};

/** The key that `{ !key: … }` says is not there. */
export function absentKey(name: string): string | undefined {
  return name.startsWith(without) ? name.slice(without.length) : undefined;
}

/** The name of a metavariable without its `$`; `_` matches anything without being remembered. */
export function metavariable(node: Node): string | undefined {
  const name = node.type === 'Identifier' || node.type === 'JSXIdentifier' ? node.name : undefined;
  return name?.startsWith('$') && isMetavariable(name) && name !== ellipsis ? name.slice(1) : undefined;
}

const isMetavariable = (name: string): boolean => /^\$[A-Z_][A-Z0-9_]*$/.test(name);

/** Gives names to what is not JavaScript: `...`, `!key:` and modules such as `js-yaml` or `fs/promises`. */
function readable(snippet: string): string {
  let out = '';
  const token = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`|\.\.\.(?!\s*[\w$([{])|([{,]\s*)!\s*(?:([\w$]+)|"([^"]*)")\s*:/g;
  let from = 0;
  for (const match of snippet.matchAll(token)) {
    out += snippet.slice(from, match.index);
    if (match[0] === '...') out += ellipsis;
    else if (match[1] !== undefined) out += `${match[1]}"${without}${match[2] ?? match[3] ?? ''}":`;
    else out += match[0];
    from = match.index + match[0].length;
  }
  out += snippet.slice(from);
  return out.replace(
    /^(\s*(?:new\s+)?)(@?[a-z]\w*(?:[-/][\w-]+)+)(?=[.(])/i,
    (_, lead: string, module: string) => lead + moduleName(module),
  );
}

const compiled = new Map<string, Pattern>();

/** Compiles a snippet of the rule language (docs/rules.md). Throws an Error that names the snippet when it is not valid. */
export function compilePattern(snippet: string): Pattern {
  let pattern = compiled.get(snippet);
  if (!pattern) compiled.set(snippet, (pattern = compile(snippet)));
  return pattern;
}

function compile(snippet: string): Pattern {
  const text = readable(snippet);
  const bracketed = `(${text}\n)`;
  const expression = parseSnippet(bracketed);
  const file = expression ?? parseSnippet(text);
  const body = file?.program.body;
  const directive = file?.program.directives[0];
  if (!body || body.length + (directive ? 1 : 0) !== 1) throw new Error(`Not a snippet of JavaScript: ${snippet}`);
  const statement = body[0];
  if (!statement) throw new Error(`Not a snippet of JavaScript: ${snippet}`);
  const node = unwrap(statement.type === 'ExpressionStatement' ? statement.expression : statement);
  if (metavariable(node) || isEllipsis(node)) throw new Error(`The snippet matches everything: ${snippet}`);
  const names = new Map<Node, string>();
  collectNames(node, names, 0);
  return { snippet, node, source: expression ? bracketed : text, index: indexOf(node), names };
}

function collectNames(node: Node, names: Map<Node, string>, depth: number): void {
  if (depth > 100) return;
  if (node.type === 'Identifier' || isMember(node)) {
    const written = writtenName(node) ?? chainName(node, 0);
    if (written && !written.split('.').some((part) => part.startsWith('$'))) {
      names.set(node, written.replace(/^(?:window|globalThis|self|global)\.(?=.)/, ''));
      return;
    }
  }
  for (const key of Object.keys(node)) {
    if (key === 'loc' || key === 'extra') continue;
    const value = (node as unknown as Record<string, unknown>)[key];
    for (const item of Array.isArray(value) ? (value as unknown[]) : [value]) {
      if (item && typeof item === 'object' && 'type' in item) collectNames(item as Node, names, depth + 1);
    }
  }
}

/** A chain of names with calls in it, as canonical names have them: `express().use`. */
function chainName(node: Node, depth: number): string | undefined {
  if (node.type === 'Identifier') return node.name;
  if (depth > 20) return undefined;
  if (isMember(node)) {
    const base = chainName(unwrap(node.object), depth + 1);
    const property = propertyName(node);
    return base && property && `${base}.${property}`;
  }
  if (!isCall(node) || !node.arguments.every(isEllipsis)) return undefined;
  const callee = chainName(unwrap(node.callee), depth + 1);
  return callee && `${callee}()`;
}

/** Prisma's `$queryRaw` and jQuery's `$` are names. */
const named = (kind: string, name: string | undefined): string => (name === undefined || isMetavariable(name) ? kind : `${kind} ${name}`);

function indexOf(node: Node): string {
  if (isCall(node)) return named(node.type === 'NewExpression' ? 'new' : 'call', lastName(node.callee));
  if (isMember(node)) return named('member', propertyName(node));
  switch (node.type) {
    case 'Identifier':
      return `member ${node.name}`;
    case 'AssignmentExpression':
      return named('assign', lastName(node.left));
    case 'ObjectExpression': {
      for (const property of node.properties) {
        const name = property.type === 'ObjectProperty' ? keyName(property.key, property.computed) : undefined;
        if (name && !isMetavariable(name) && absentKey(name) === undefined) return `object ${name}`;
      }
      return 'object';
    }
    case 'JSXElement': {
      const [first] = node.openingElement.attributes.filter((a) => a.type === 'JSXAttribute' && !isEllipsis(a));
      return named('jsx', first?.type === 'JSXAttribute' && first.name.type === 'JSXIdentifier' ? first.name.name : undefined);
    }
    default:
      return node.type;
  }
}
