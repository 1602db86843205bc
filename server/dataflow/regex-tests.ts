import { isExponential } from './regex.ts';

/** What a page may ask about a regular expression (`REGEX: …`, `{ X: { regex: … } }`). */
export type RegexTest = keyof typeof tests;

/** An expression as it is compiled, and, where a string of the program holds it, as the string is written. */
export interface Expression {
  readonly source: string;
  readonly flags: string;
  readonly written?: string;
}

const tests = {
  /** It may take exponentially many steps. */
  exponential: ({ source, flags }: Expression) => isExponential(source, flags),
  /** A range such as `A-z` or `0-z` that takes in signs between the letters. */
  'wide-range': ({ source }: Expression) => (source.match(classes) ?? []).some((one) => wideRange.test(one)),
  /** The dot before a known ending of host names stands for any character: `www.example.com`. */
  'loose-host': ({ source }: Expression) => host.test(source) && looseDot.test(source) && !prose.test(source),
  /** Letters match in one case only. */
  'case-sensitive': ({ source, flags }: Expression) => !flags.includes('i') && /[A-Za-z]/.test(source.replace(/\\./g, '')),
  /** A host that may stand anywhere in the text, since no `^` says where it begins. */
  'unanchored-host': ({ source }: Expression) => host.test(source) && !/\^|\(\?<[=!]|\\[bA]/.test(source),
  /** `^` belongs to the first alternative only, or `$` to the last: `^a|b$`. */
  'half-anchored': ({ source }: Expression) => halfAnchored(source),
  /** The string loses a backslash that the expression needs: `'\.'` is `.`. */
  'lost-escape': ({ written }: Expression) => written !== undefined && lostEscape.test(written),
};

export const isRegexTest = (name: unknown): name is RegexTest => typeof name === 'string' && Object.hasOwn(tests, name);

export function regexIs(test: RegexTest, expression: Expression): boolean {
  return tests[test](expression);
}

const classes = /\[(?:\\.|[^\]\\])*\]/g;
const wideRange = /(?:[A-Z]-[a-z]|[0-9]-[A-Za-z])(?!\w*\\)/;
const endings = '(?:com|org|net|io|dev|app|edu|gov|co)';
/** A name and an ending, and nothing that says the dot is not one. */
const host = new RegExp(`[\\w-]{2}\\\\?\\.${endings}(?![\\w-])`);
const looseDot = new RegExp(`[\\w-]{2}\\.${endings}(?![\\w-])|(?:\\\\?/){2}www\\.\\w`);
/** What a test expects of a message, or a search in one. */
const prose = /[\s"']/;
const lostEscape = /(?<!\\)(?:\\\\)*\\[.dDwWsSbB()[\]{}+*?^$|](?!\\)/;

function halfAnchored(source: string): boolean {
  const branches = topLevel(source);
  if (branches.length < 2) return false;
  const begins = branches.filter((branch) => branch.startsWith('^')).length;
  const ends = branches.filter((branch) => /(?:^|[^\\])\$$/.test(branch)).length;
  return (
    (branches[0]!.startsWith('^') && begins === 1 && ends <= 1) || (/(?:^|[^\\])\$$/.test(branches.at(-1)!) && ends === 1 && begins === 0)
  );
}

/** The alternatives outside of all brackets. */
function topLevel(source: string): readonly string[] {
  const branches = [''];
  let depth = 0;
  let inClass = false;
  for (let i = 0; i < source.length; i++) {
    const c = source[i]!;
    if (c === '\\') {
      branches[branches.length - 1] += c + (source[++i] ?? '');
      continue;
    }
    if (c === '[') inClass = true;
    else if (c === ']') inClass = false;
    else if (!inClass && c === '(') depth++;
    else if (!inClass && c === ')') depth--;
    if (c === '|' && depth === 0 && !inClass) branches.push('');
    else branches[branches.length - 1] += c;
  }
  return branches;
}
