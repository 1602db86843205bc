import { decodeBase64 } from '../engine/secrets/base64.ts';
import type { Entry, ListNode, Node, ScalarValue, Span } from '../engine/tree.ts';

import type { Parse } from '../parse/parsed.ts';
import { parseJson } from '../parse/json.ts';
import { parseYaml } from '../parse/yaml.ts';
import { placed } from './placed.ts';

/** A pure function of Terraform: evaluated arguments in, the result out; undefined when it can't be known. */
export type TerraformFunction = (args: readonly Node[], span: Span) => Node | undefined;

/** Longer results are unknown: strings that double each other must not fill the memory. */
export const longestString = 100_000;
const longestList = 5_000;

export function scalar(value: ScalarValue, span: Span): Node | undefined {
  return typeof value === 'string' && value.length > longestString ? undefined : { kind: 'scalar', span, value };
}

function list(items: readonly Node[], span: Span, open = false): ListNode | undefined {
  if (items.length > longestList) return undefined;
  return open ? { kind: 'list', span, items, open } : { kind: 'list', span, items };
}

/** A string, number or boolean as Terraform writes it into a string. */
export function textOf(node: Node | undefined): string | undefined {
  return node?.kind === 'scalar' && node.value !== null ? String(node.value) : undefined;
}

export function numberOf(node: Node | undefined): number | undefined {
  const text = textOf(node);
  if (text === undefined || text.trim() === '') return undefined;
  const number = Number(text);
  return Number.isNaN(number) ? undefined : number;
}

export function booleanOf(node: Node | undefined): boolean | undefined {
  const text = textOf(node);
  return text === 'true' ? true : text === 'false' ? false : undefined;
}

/** The items of a list of which nothing is missing. */
function closed(node: Node | undefined): readonly Node[] | undefined {
  return node?.kind === 'list' && !node.open ? node.items : undefined;
}

function isNull(node: Node): boolean {
  return node.kind === 'scalar' && node.value === null;
}

/** The texts of a closed list, or undefined when one isn't known. */
function textsOf(node: Node | undefined): string[] | undefined {
  const texts = closed(node)?.map(textOf);
  return texts?.every((t) => t !== undefined) ? texts : undefined;
}

const ofText =
  (apply: (text: string) => ScalarValue | undefined): TerraformFunction =>
  ([arg], span) => {
    const text = textOf(arg);
    const result = text === undefined ? undefined : apply(text);
    return result === undefined ? undefined : scalar(result, span);
  };

const ofTexts =
  (apply: (a: string, b: string) => ScalarValue | undefined): TerraformFunction =>
  ([first, second], span) => {
    const [a, b] = [textOf(first), textOf(second)];
    const result = a === undefined || b === undefined ? undefined : apply(a, b);
    return result === undefined ? undefined : scalar(result, span);
  };

const ofNumbers =
  (apply: (...numbers: number[]) => number): TerraformFunction =>
  (args, span) => {
    const numbers = args.map(numberOf);
    return numbers.length > 0 && numbers.every((n) => n !== undefined) ? scalar(apply(...numbers), span) : undefined;
  };

const same: TerraformFunction = ([arg]) => arg;

/** Lists keep what is known of them: a list with an unknown argument is open. */
const concat: TerraformFunction = (args, span) =>
  list(
    args.flatMap((arg) => (arg.kind === 'list' ? arg.items : [])),
    span,
    args.some((arg) => arg.kind !== 'list' || arg.open === true),
  );

const flatten: TerraformFunction = ([arg], span) => {
  if (arg?.kind !== 'list') return undefined;
  let open = arg.open === true;
  const flat = (node: Node): readonly Node[] => {
    if (node.kind === 'unknown') open = true;
    if (node.kind !== 'list') return node.kind === 'unknown' ? [] : [node];
    open ||= node.open === true;
    return node.items.flatMap(flat);
  };
  const items = arg.items.flatMap(flat);
  return list(items, span, open);
};

const merge: TerraformFunction = (args, span) => {
  const entries = new Map<string, Entry>();
  let open = false;
  for (const arg of args) {
    if (isNull(arg)) continue;
    if (arg.kind !== 'map' || arg.open) {
      open = true;
      // What comes later may replace any key.
      for (const [key, entry] of entries) entries.set(key, { ...entry, value: { kind: 'unknown', span: entry.value.span, refs: [] } });
    }
    if (arg.kind === 'map') for (const entry of arg.entries) entries.set(entry.key, entry);
  }
  return { kind: 'map', span, entries: [...entries.values()], ...(open && { open }) };
};

const lookup: TerraformFunction = ([map, key, fallback]) => {
  const name = textOf(key);
  if (map?.kind !== 'map' || name === undefined) return undefined;
  return map.entries.find((e) => e.key === name)?.value ?? (map.open ? undefined : fallback);
};

const coalesce: TerraformFunction = (args) => {
  for (const arg of args) {
    if (arg.kind === 'unknown') return undefined;
    if (!isNull(arg) && !(arg.kind === 'scalar' && arg.value === '')) return arg;
  }
  return undefined;
};

const distinct: TerraformFunction = ([arg], span) => {
  const texts = textsOf(arg);
  const items = closed(arg);
  if (!texts || !items) return arg?.kind === 'list' ? arg : undefined;
  return list(
    items.filter((_, i) => texts.indexOf(texts[i]!) === i),
    span,
  );
};

const compact: TerraformFunction = ([arg], span) =>
  arg?.kind === 'list'
    ? list(
        arg.items.filter((item) => !isNull(item) && textOf(item) !== ''),
        span,
        arg.open,
      )
    : undefined;

const element: TerraformFunction = ([arg, index]) => {
  const items = closed(arg);
  const at = numberOf(index);
  return items && items.length > 0 && at !== undefined && at >= 0 ? items[Math.floor(at) % items.length] : undefined;
};

const length: TerraformFunction = ([arg], span) => {
  if (arg?.kind === 'map') return arg.open ? undefined : scalar(arg.entries.length, span);
  const items = closed(arg);
  if (items) return scalar(items.length, span);
  return arg?.kind === 'scalar' && typeof arg.value === 'string' ? scalar([...arg.value].length, span) : undefined;
};

const contains: TerraformFunction = ([arg, value], span) => {
  const wanted = textOf(value);
  if (arg?.kind !== 'list' || wanted === undefined) return undefined;
  if (arg.items.some((item) => textOf(item) === wanted)) return scalar(true, span);
  return textsOf(arg) ? scalar(false, span) : undefined;
};

const keys: TerraformFunction = ([arg], span) => {
  if (arg?.kind !== 'map') return undefined;
  const items = arg.entries.map((e): Node => ({ kind: 'scalar', span: e.keySpan, value: e.key }));
  return list(items, span, arg.open);
};

const values: TerraformFunction = ([arg], span) =>
  arg?.kind === 'map'
    ? list(
        arg.entries.map((e) => e.value),
        span,
        arg.open,
      )
    : undefined;

const join: TerraformFunction = ([separator, ...lists], span) => {
  const between = textOf(separator);
  const texts = lists.map(textsOf);
  return between !== undefined && texts.every((t) => t !== undefined) ? scalar(texts.flat().join(between), span) : undefined;
};

const split: TerraformFunction = ([separator, arg], span) => {
  const [between, text] = [textOf(separator), textOf(arg)];
  if (between === undefined || text === undefined) return undefined;
  return list(
    text.split(between).map((value): Node => ({ kind: 'scalar', span, value })),
    span,
  );
};

/** `/…/` is a regular expression of another dialect, run on text of any length: unknown. */
const replace: TerraformFunction = ([arg, from, to], span) => {
  const [text, pattern, by] = [textOf(arg), textOf(from), textOf(to)];
  if (text === undefined || pattern === undefined || by === undefined || /^\/.*\/$/s.test(pattern)) return undefined;
  const pieces = text.split(pattern);
  return text.length + pieces.length * by.length > longestString * 2 ? undefined : scalar(pieces.join(by), span);
};

const format: TerraformFunction = ([pattern, ...args], span) => {
  const text = textOf(pattern);
  if (text === undefined) return undefined;
  let used = 0;
  let known = true;
  const result = text.replace(/%(?:%|([svdq])|.)/gs, (verb, kind?: string) => {
    if (verb === '%%') return '%';
    const value = textOf(args[used++]);
    if (value === undefined || kind === undefined) known = false;
    return kind === 'q' ? JSON.stringify(value) : (value ?? '');
  });
  return known ? scalar(result, span) : undefined;
};

const substr: TerraformFunction = ([arg, offset, count], span) => {
  const [text, from, size] = [textOf(arg), numberOf(offset), numberOf(count)];
  if (text === undefined || from === undefined || size === undefined || from < 0) return undefined;
  const characters = [...text];
  return scalar(characters.slice(from, size < 0 ? undefined : from + size).join(''), span);
};

const zipmap: TerraformFunction = ([names, items], span) => {
  const [texts, nodes] = [textsOf(names), closed(items)];
  if (texts?.length !== nodes?.length || !texts || !nodes) return undefined;
  const entries = texts.map((key, i): Entry => ({ key, keySpan: nodes[i]!.span, span: nodes[i]!.span, value: nodes[i]! }));
  return { kind: 'map', span, entries };
};

const one: TerraformFunction = ([arg], span) => {
  const items = closed(arg);
  return items && items.length < 2 ? (items[0] ?? scalar(null, span)) : undefined;
};

/** `alltrue` and `anytrue`: an item that decides does so whatever the others are. */
const quantified =
  (decisive: boolean): TerraformFunction =>
  ([arg], span) => {
    if (arg?.kind !== 'list') return undefined;
    const truths = arg.items.map(booleanOf);
    if (truths.includes(decisive)) return scalar(decisive, span);
    return arg.open || truths.includes(undefined) ? undefined : scalar(!decisive, span);
  };

const slice: TerraformFunction = ([arg, from, to], span) => {
  const [items, start, end] = [closed(arg), numberOf(from), numberOf(to)];
  return items && start !== undefined && end !== undefined && start >= 0 ? list(items.slice(start, end), span) : undefined;
};

const coalescelist: TerraformFunction = (args) => {
  for (const arg of args) {
    if (arg.kind !== 'list' || (arg.open && arg.items.length === 0)) return undefined;
    if (arg.items.length > 0) return arg;
  }
  return undefined;
};

const encodeBase64 = (text: string): string => {
  let bytes = '';
  for (const byte of new TextEncoder().encode(text)) bytes += String.fromCharCode(byte);
  return btoa(bytes);
};

const decodedBase64 = (text: string): string | undefined => {
  const bytes = decodeBase64(text);
  return bytes && new TextDecoder().decode(bytes);
};

/** The tree of a text in another syntax; all of it lies where the text does. What `jsonencode` left as a structure is one already. */
const decoded =
  (syntax: 'json' | 'yaml', parse: Parse): TerraformFunction =>
  ([arg], span) => {
    const text = textOf(arg);
    if (text === undefined) return arg?.kind === 'scalar' ? undefined : arg;
    const { trees, problems } = parse({ path: '', text, syntax });
    return trees.length === 1 && problems.length === 0 ? placed(trees[0]!, span) : undefined;
  };

/** By name. What isn't here (cidrsubnet, file, templatefile, timestamp …) is unknown. `try` and `can` are the evaluator's. */
export const functions: ReadonlyMap<string, TerraformFunction> = new Map<string, TerraformFunction>([
  ['abs', ofNumbers(Math.abs)],
  ['alltrue', quantified(false)],
  ['anytrue', quantified(true)],
  ['base64decode', ofText(decodedBase64)],
  ['base64encode', ofText(encodeBase64)],
  ['ceil', ofNumbers(Math.ceil)],
  ['floor', ofNumbers(Math.floor)],
  ['max', ofNumbers(Math.max)],
  ['min', ofNumbers(Math.min)],
  ['coalesce', coalesce],
  ['chomp', ofText((t) => t.replace(/[\r\n]+$/, ''))],
  ['coalescelist', coalescelist],
  ['compact', compact],
  ['concat', concat],
  ['contains', contains],
  ['distinct', distinct],
  ['element', element],
  ['endswith', ofTexts((a, b) => a.endsWith(b))],
  ['flatten', flatten],
  ['format', format],
  ['join', join],
  // The text is not needed, its structure is: policies are looked into.
  ['jsonencode', same],
  ['jsondecode', decoded('json', parseJson)],
  ['keys', keys],
  ['length', length],
  ['lookup', lookup],
  ['lower', ofText((t) => t.toLowerCase())],
  ['merge', merge],
  ['nonsensitive', same],
  ['one', one],
  ['replace', replace],
  ['reverse', ([arg], span) => (arg?.kind === 'list' ? list([...arg.items].reverse(), span, arg.open) : undefined)],
  ['sensitive', same],
  ['setunion', (args, span) => distinct([concat(args, span) ?? args[0]!], span)],
  ['slice', slice],
  ['split', split],
  ['startswith', ofTexts((a, b) => a.startsWith(b))],
  ['substr', substr],
  ['tobool', ofText((t) => (t === 'true' ? true : t === 'false' ? false : undefined))],
  ['tolist', same],
  ['tomap', same],
  [
    'tonumber',
    ([arg], span) => {
      const number = numberOf(arg);
      return number === undefined ? undefined : scalar(number, span);
    },
  ],
  ['toset', (args, span) => (args[0]?.kind === 'list' ? distinct(args, span) : undefined)],
  ['tostring', ofText((t) => t)],
  ['trimprefix', ofTexts((a, b) => (b && a.startsWith(b) ? a.slice(b.length) : a))],
  ['trimspace', ofText((t) => t.trim())],
  ['trimsuffix', ofTexts((a, b) => (b && a.endsWith(b) ? a.slice(0, -b.length) : a))],
  ['upper', ofText((t) => t.toUpperCase())],
  ['values', values],
  ['yamldecode', decoded('yaml', parseYaml)],
  ['yamlencode', same],
  ['zipmap', zipmap],
]);
