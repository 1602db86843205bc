/**
 * How much text a regular expression can look at, read off its source. Patterns with a finite extent need no window cut out of the
 * text: tried at one offset of the whole file they cost a bounded number of steps, and nothing is lost at an edge.
 */
export interface Extent {
  readonly min: number;
  /** Infinity for `*`, `+` and `{n,}`. */
  readonly max: number;
  /** A repetition of varying length round another one or round an alternation: `(a+)+`, exponential in the worst case. */
  readonly nested: boolean;
  /** Uses what a group matched (`\1`): its length can't be told. */
  readonly backreference: boolean;
}

/** The extent of a valid pattern (flags u and v not supported). Assertions have no length of their own, but theirs must be finite too. */
export function extentOf(pattern: string): Extent {
  const reader = new ExtentReader(pattern);
  const { min, max } = reader.alternatives();
  return { min, max: Math.max(max, reader.assertions), nested: reader.nested, backreference: reader.backreference };
}

/** One piece of a pattern; `varies`: it holds a repetition or an alternation, and can therefore match in more than one way. */
interface Piece {
  readonly min: number;
  readonly max: number;
  readonly varies: boolean;
}

class ExtentReader {
  nested = false;
  backreference = false;
  /** Longest lookahead or lookbehind. */
  assertions = 0;
  private at = 0;
  private readonly source: string;

  constructor(source: string) {
    this.source = source;
  }

  alternatives(): Piece {
    let piece = this.sequence();
    while (this.source[this.at] === '|') {
      this.at++;
      const other = this.sequence();
      piece = { min: Math.min(piece.min, other.min), max: Math.max(piece.max, other.max), varies: true };
    }
    return piece;
  }

  private sequence(): Piece {
    let [min, max, varies] = [0, 0, false];
    while (this.at < this.source.length && this.source[this.at] !== '|' && this.source[this.at] !== ')') {
      const piece = this.repeated(this.atom());
      min += piece.min;
      max += piece.max;
      varies ||= piece.varies;
    }
    return { min, max, varies };
  }

  private atom(): Piece {
    const c = this.source[this.at++]!;
    if (c === '^' || c === '$') return { min: 0, max: 0, varies: false };
    if (c === '(') return this.group();
    if (c === '[') {
      for (; this.at < this.source.length && this.source[this.at] !== ']'; this.at++) if (this.source[this.at] === '\\') this.at++;
      this.at++;
    } else if (c === '\\') return this.escape();
    return { min: 1, max: 1, varies: false };
  }

  private escape(): Piece {
    const rest = this.source.slice(this.at, this.at + 6);
    const escape = /^(?:u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|c[A-Za-z]|0|[1-9]\d{0,2}|k<|[^])/.exec(rest)?.[0] ?? '';
    this.at += escape.length;
    if (escape === 'b' || escape === 'B') return { min: 0, max: 0, varies: false };
    if (/^[1-9]/.test(escape) || escape === 'k<') this.backreference = true;
    return { min: 1, max: 1, varies: false };
  }

  private group(): Piece {
    const opening = /^\?(?:[:=!]|<[=!]|<[A-Za-z_$][\w$]*>)/.exec(this.source.slice(this.at, this.at + 60))?.[0] ?? '';
    this.at += opening.length;
    const inner = this.alternatives();
    this.at++;
    if (!/[=!]$/.test(opening)) return inner;
    this.assertions = Math.max(this.assertions, inner.max);
    return { min: 0, max: 0, varies: false };
  }

  private repeated(piece: Piece): Piece {
    const quantifier = /^(?:[*+?]|\{(\d+)(,?)(\d*)\})\??/.exec(this.source.slice(this.at, this.at + 24));
    if (!quantifier) return piece;
    this.at += quantifier[0].length;
    const [from, to] = bounds(quantifier);
    // A piece that may be left out once is harmless round anything.
    if (piece.varies && to > 1) this.nested = true;
    return { min: piece.min * from, max: piece.max === 0 ? 0 : piece.max * to, varies: piece.varies || from !== to };
  }
}

function bounds(quantifier: RegExpExecArray): [number, number] {
  if (quantifier[1] !== undefined) {
    const from = Number(quantifier[1]);
    return [from, quantifier[2] === '' ? from : quantifier[3] === '' ? Infinity : Number(quantifier[3])];
  }
  const sign = quantifier[0][0];
  return sign === '?' ? [0, 1] : [sign === '+' ? 1 : 0, Infinity];
}
