import { fileRole } from '../engine/secrets/credential-files.ts';
import type { Literal, SourceDocument } from '../engine/types.ts';

/** Lines past this length are data or minified code; no one writes an assignment there. */
const longestLine = 2000;
/** Files in which an unquoted value is a value, not an expression. */
const plainFile =
  /\.(?:properties|ini|cfg|conf|cnf|config|toml|npmrc|pypirc|service|env|sh|bash|zsh|ksh|ps1|bat|cmd|tfvars|reg)$|(?:^|\/)(?:\.?npmrc|\.pypirc|_?\.?netrc|credentials|config|\.s3cfg|\.boto|\.my\.cnf|my\.cnf|\.bashrc|\.zshrc|\.profile|Makefile)$/i;
const markupFile = /\.(?:xml|html?|config|xaml|csproj|plist|pom|jsp|vue|svelte)$/i;
const netrcFile = /(?:^|\/)_?\.?netrc$/;

/** `= "value"`, `=> 'value'`, `: "value"`, `:= "value"`; not comparisons. The name is read backwards from there: operators are rarer than names. */
const quoted = /(?<![=!<>~:+])(?::=|=>|=|:)\s{0,16}[bBrRuUfF@]?(["'`])((?:(?!\1)[^\\]|\\.){1,512})\1/g;
/** `key`, `'key'`, `key: str`, `key string`, at the end of what stands before the operator. */
const nameBefore =
  /(?<![\w.$-])(["'`]?)([A-Za-z_$][\w$.-]{0,79})\1(?:\s{0,8}:\s{0,4}[A-Za-z_][\w.]{0,40}(?:\[[\w., ]{0,40}\])?(?:\s?\|\s?\w{1,20})?|\s{1,4}string)?\s{0,16}$/;
const nameReach = 160;
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
  // Prose, lock files, minified code: their names mean nothing, and they are large.
  if (fileRole(document) === 'none') return found;
  const form: Form = { plain: plainFile.test(path), markup: markupFile.test(path), netrc: netrcFile.test(path) };
  let context: readonly string[] = [];
  let lineStart = 0;
  const add: Add = (key, value, at, end, valueAt) => {
    const names = key.split('.');
    const start = lineStart + valueAt;
    found.push({
      key: names.at(-1)!,
      value,
      span: { start, end: start + value.length },
      whole: { start: lineStart + at, end: lineStart + end },
      path: [...context, ...names],
    });
  };
  for (let start = 0; start < text.length;) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    if (end - start <= longestLine && end > start) {
      const line = text.slice(start, end);
      const heading = section.exec(line);
      if (heading) context = heading[1]!.split('.');
      else {
        lineStart = start;
        scan(line, form, add);
      }
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

/** Takes an assignment from a line: its name, its value, and where in the line it begins and ends and the value begins. */
type Add = (key: string, value: string, at: number, end: number, valueAt: number) => void;

/** Adds matches that end in their value and `tail` more characters. */
function addAll(matches: Iterable<RegExpExecArray>, key: number, value: number, tail: number, add: Add): boolean {
  let any = false;
  for (const m of matches) {
    const end = m.index + m[0].length;
    add(m[key]!, m[value]!, m.index, end, end - tail - m[value]!.length);
    any = true;
  }
  return any;
}

function scan(line: string, form: Form, add: Add): void {
  if (form.netrc) {
    addAll(line.matchAll(netrc), 1, 2, 0, add);
    return;
  }
  let any = false;
  if (form.markup && line.includes('<')) {
    if (addAll(line.matchAll(pair), 2, 4, 1, add)) return;
    for (const m of line.matchAll(element)) {
      add(m[1]!, m[2]!, m.index, m.index + m[0].length, m.index + m[0].lastIndexOf(m[2]!, m[0].lastIndexOf('</')));
      any = true;
    }
  }
  if (/["'`]/.test(line)) {
    for (const m of line.matchAll(quoted)) {
      const name = nameBefore.exec(line.slice(Math.max(0, m.index - nameReach), m.index));
      if (!name) continue;
      const end = m.index + m[0].length;
      add(name[2]!, m[2]!, m.index - name[0].length, end, end - 1 - m[2]!.length);
      any = true;
    }
    if (line.includes('(') && addAll(line.matchAll(call), 2, 4, 1, add)) any = true;
  }
  if (any || !form.plain || /^\s*[#;!]/.test(line)) return;
  const m = unquoted.exec(line.trimEnd());
  if (m) add(m[1]!, m[2]!, m[0].search(/\S/), m[0].length, m[0].lastIndexOf(m[2]!));
}
