import type { Literal, SourceDocument } from '../engine/types.ts';

/** Lines past this length are data or minified code; no one writes an assignment there. */
const longestLine = 2000;
/** Files in which an unquoted value is a value, not an expression. */
const plainFile =
  /\.(?:properties|ini|cfg|conf|cnf|config|toml|npmrc|pypirc|service|env|sh|bash|zsh|ksh|ps1|bat|cmd|tfvars|reg)$|(?:^|\/)(?:\.?npmrc|\.pypirc|_?\.?netrc|credentials|config|\.s3cfg|\.boto|\.my\.cnf|my\.cnf|\.bashrc|\.zshrc|\.profile|Makefile)$/i;
const markupFile = /\.(?:xml|html?|config|xaml|csproj|plist|pom|jsp|vue|svelte)$/i;
const netrcFile = /(?:^|\/)_?\.?netrc$/;

/** `key = "value"`, `'key' => 'value'`, `"key": "value"`, `key: str = "value"`, `key := "value"`; not comparisons. */
const quoted =
  /(?<![\w.$-])(["'`]?)([A-Za-z_$][\w$.-]{0,79})\1(?:\s{0,8}:\s{0,4}[A-Za-z_][\w[\]., |]{0,40}?|\s{1,4}string)?\s{0,16}(?::=|=>|=(?![=>~])|:(?![:=]))\s{0,16}[bBrRuUfF@]?(["'`])((?:(?!\3)[^\\]|\\.){1,512})\3/g;
/** `define('KEY', 'value')`, `setProperty("key", "value")`. */
const call = /\b\w{1,40}\(\s{0,4}(["'])([\w.-]{1,80})\1\s{0,4},\s{0,4}(["'])((?:(?!\3)[^\\]|\\.){1,512})\3/g;
/** `key = value`, `key: value`, `export KEY=value`, `//registry/:_authToken=value`: the rest of the line up to a comment. */
const unquoted =
  /^\s{0,40}(?:export\s{1,4}|set\s{1,4}|\/\/[\w./:-]{1,200}:)?([A-Za-z_$][\w$.-]{0,99})\s{0,16}[=:]\s{0,16}(?!["'`=])(\S.{0,511}?)(?:\s[#;].*)?$/;
/** `<key>value</key>`. */
const element = /<([A-Za-z_][\w.:-]{0,79})(?:\s[^<>]{0,200})?>\s{0,40}([^<>\s][^<>]{0,511}?)\s{0,40}<\/\1>/g;
/** `<add key="…" value="…"/>`, `<property name="…" value="…"/>`. */
const pair = /\b(?:key|name)=(["'])([\w.:-]{1,80})\1\s{1,40}value=(["'])((?:(?!\3)[^<>]){1,512})\3/g;
/** `login x password y`. */
const netrc = /(?:^|\s)(password)\s{1,8}(\S{1,256})/g;
const section = /^\s*\[{1,2}\s*["']?([\w .:/-]{1,100}?)["']?\s*\]{1,2}\s*(?:[#;].*)?$/;

/** The assignments of a document without a tree (properties, ini, toml, xml, shell, other languages), line by line. */
export function literalsOfText(document: SourceDocument): readonly Literal[] {
  const { text, path } = document;
  const found: Literal[] = [];
  const plain = plainFile.test(path);
  const markup = markupFile.test(path);
  let context: readonly string[] = [];
  for (let start = 0; start < text.length;) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    if (end - start <= longestLine && end > start) {
      const line = text.slice(start, end);
      const heading = section.exec(line);
      if (heading) context = heading[1]!.split('.');
      else scan(line, start, context, found, { plain, markup, netrc: netrcFile.test(path) });
    }
    start = end + 1;
  }
  return found;
}

interface Form {
  readonly plain: boolean;
  readonly markup: boolean;
  readonly netrc: boolean;
}

function scan(line: string, offset: number, context: readonly string[], found: Literal[], form: Form): void {
  const before = found.length;
  const add = (key: string, value: string, whole: string, wholeAt: number, valueAt: number): void => {
    const span = { start: offset + valueAt, end: offset + valueAt + value.length };
    const names = key.split('.');
    found.push({
      key: names.at(-1)!,
      value,
      span,
      whole: { start: offset + wholeAt, end: offset + wholeAt + whole.length },
      path: [...context, ...names],
    });
  };
  if (form.netrc) {
    for (const m of line.matchAll(netrc)) add(m[1]!, m[2]!, m[0], m.index, m.index + m[0].length - m[2]!.length);
    return;
  }
  if (form.markup && line.includes('<')) {
    for (const m of line.matchAll(pair)) add(m[2]!, m[4]!, m[0], m.index, m.index + m[0].length - 1 - m[4]!.length);
    if (found.length > before) return;
    for (const m of line.matchAll(element)) add(m[1]!, m[2]!, m[0], m.index, m.index + m[0].lastIndexOf(m[2]!, m[0].lastIndexOf('</')));
  }
  for (const assignment of [quoted, call])
    for (const m of line.matchAll(assignment)) add(m[2]!, m[4]!, m[0], m.index, m.index + m[0].length - 1 - m[4]!.length);
  if (found.length > before || !form.plain || /^\s*[#;!]/.test(line)) return;
  const m = unquoted.exec(line.trimEnd());
  if (m) add(m[1]!, m[2]!, m[0], m.index, line.lastIndexOf(m[2]!));
}
