/**
 * Whether a backtracking engine may need exponentially many steps for an expression: some state can be left and reached again
 * by two different ways over the same text (`(a+)+$`, `(a|a)*b`, `(\s*,\s*)+;`), and what follows can fail. Decided on the
 * expression's automaton, not by its looks. Expressions with more than 80 characters to match, back references or sets of
 * sets are not judged (false).
 */
export function isExponential(source: string, flags: string): boolean {
  if (!/[)][*+{]/.test(source) || source.length > 2000 || flags.includes('v')) return false;
  const key = `${flags}/${source}`;
  let answer = known.get(key);
  if (answer === undefined) {
    answer = judge(source, flags);
    if (known.size > 5000) known.clear();
    known.set(key, answer);
  }
  return answer;
}

const known = new Map<string, boolean>();

function judge(source: string, flags: string): boolean {
  try {
    const automaton = new Parser(source, flags);
    const whole = automaton.alternatives(0);
    return automaton.complete() && ambiguous(automaton, whole);
  } catch (error) {
    if (error instanceof NotJudged) return false;
    throw error;
  }
}

class NotJudged extends Error {}

/** A part of an expression: the positions it can begin and end with (Glushkov's construction). */
interface Part {
  readonly nullable: boolean;
  readonly first: readonly number[];
  readonly last: readonly number[];
}

const empty: Part = { nullable: true, first: [], last: [] };
const mostPositions = 80;

/** Letters, digits and signs; one of each other kind stands for all of it. */
const alphabet = [...Array.from({ length: 127 }, (_, i) => String.fromCharCode(i)), '\u00a0', 'é', 'Ж', '中'];

class Parser {
  /** For each position which letters it matches. */
  readonly letters: boolean[][] = [];
  /** Where each position stands in the source. */
  readonly places: number[] = [];
  /** How many ways lead from one position to the next without another between. */
  readonly follow: Map<number, number>[] = [];
  /** Where `$`, `\b` and looks ahead stand: what can fail without reading anything. */
  readonly assertions: number[] = [];
  private at = 0;
  private readonly source: string;
  private readonly flags: string;

  constructor(source: string, flags: string) {
    this.source = source;
    this.flags = flags.replace(/[gyd]/g, '');
  }

  complete(): boolean {
    return this.at === this.source.length;
  }

  alternatives(depth: number): Part {
    if (depth > 60) throw new NotJudged();
    let whole = this.sequence(depth);
    while (this.source[this.at] === '|') {
      this.at++;
      const next = this.sequence(depth);
      whole = {
        nullable: whole.nullable || next.nullable,
        first: [...whole.first, ...next.first],
        last: [...whole.last, ...next.last],
      };
    }
    return whole;
  }

  private sequence(depth: number): Part {
    let whole = empty;
    while (this.at < this.source.length && this.source[this.at] !== '|' && this.source[this.at] !== ')') {
      const next = this.quantified(this.term(depth));
      this.connect(whole, next);
      whole = {
        nullable: whole.nullable && next.nullable,
        first: whole.nullable ? [...whole.first, ...next.first] : whole.first,
        last: next.nullable ? [...whole.last, ...next.last] : next.last,
      };
    }
    return whole;
  }

  private connect(before: Part, after: Part): void {
    for (const from of before.last) {
      const ways = this.follow[from]!;
      for (const to of after.first) ways.set(to, (ways.get(to) ?? 0) + 1);
    }
  }

  private quantified(part: Part): Part {
    const quantifier = /^(?:[*+?]|\{(\d+)(,?)(\d*)\})\??/.exec(this.source.slice(this.at, this.at + 24));
    if (!quantifier) return part;
    this.at += quantifier[0].length;
    const sign = quantifier[0][0]!;
    const least = sign === '{' ? Number(quantifier[1]) : sign === '+' ? 1 : 0;
    const most = sign !== '{' ? (sign === '?' ? 1 : Infinity) : !quantifier[2] ? least : quantifier[3] ? Number(quantifier[3]) : Infinity;
    // A few rounds are no loop.
    if (most >= 20) this.connect(part, part);
    return least === 0 ? { ...part, nullable: true } : part;
  }

  private term(depth: number): Part {
    const rest = this.source.slice(this.at, this.at + 60);
    const group = /^\((?:\?(?::|<?[=!]|<[^>=!]+>))?/.exec(rest);
    if (group) {
      const look = /[=!]$/.test(group[0]);
      if (look) this.assertions.push(this.at);
      this.at += group[0].length;
      const part = this.alternatives(depth + 1);
      if (this.source[this.at] !== ')') throw new NotJudged();
      this.at++;
      return look ? empty : part;
    }
    const assertion = /^(?:[\^$]|\\[bB])/.exec(rest);
    if (assertion) {
      if (assertion[0] !== '^') this.assertions.push(this.at);
      this.at += assertion[0].length;
      return empty;
    }
    const atom =
      /^\[(?:\\[^]|[^\]\\])*\]/.exec(this.source.slice(this.at, this.at + 400)) ??
      /^\\(?:x[\da-fA-F]{2}|u[\da-fA-F]{4}|u\{[\da-fA-F]+\}|[pP]\{[^}]*\}|c[A-Za-z]|[^1-9k])/.exec(rest) ??
      /^[^\\[]/.exec(rest);
    if (!atom) throw new NotJudged();
    return this.position(atom[0]);
  }

  private position(atom: string): Part {
    const index = this.letters.length;
    if (index >= mostPositions) throw new NotJudged();
    let regex: RegExp;
    try {
      regex = new RegExp(`^${/^[*+?{}|)/]$/.test(atom) ? `\\${atom}` : atom}$`, this.flags.replace('m', ''));
    } catch {
      throw new NotJudged();
    }
    this.letters.push(alphabet.map((letter) => regex.test(letter)));
    this.places.push(this.at);
    this.follow.push(new Map());
    this.at += atom.length;
    return { nullable: false, first: [index], last: [index] };
  }
}

/** Looks for a state that two different ways over one text lead back to. */
function ambiguous({ letters, places, follow, assertions }: Parser, whole: Part): boolean {
  const count = letters.length;
  const overlap = letters.map((a) => letters.map((b) => a.some((matched, i) => matched && b[i])));
  const pair = (p: number, q: number): number => (p <= q ? p * count + q : q * count + p);
  const next = new Map<number, number[]>();
  const before = new Map<number, number[]>();
  const doubled = new Set<string>();
  const link = (from: number, to: number): void => {
    (next.get(from) ?? next.set(from, []).get(from)!).push(to);
    (before.get(to) ?? before.set(to, []).get(to)!).push(from);
  };
  // Where the match may end as well, the engine stops instead of trying other ways.
  const stops = places.map((place, p) => whole.last.includes(p) && !assertions.some((at) => at > place));
  for (let p = 0; p < count; p++) {
    for (let q = p; q < count; q++) {
      if (stops[p] || stops[q] || (p !== q && !overlap[p]![q])) continue;
      for (const [p2, ways] of follow[p]!) {
        for (const q2 of follow[q]!.keys()) {
          if (!overlap[p2]![q2] || stops[p2] || stops[q2]) continue;
          link(pair(p, q), pair(p2, q2));
          if (p === q && p2 === q2 && ways > 1) doubled.add(`${pair(p, p)} ${pair(p2, p2)}`);
        }
      }
    }
  }
  const reached = (from: number, edges: ReadonlyMap<number, readonly number[]>): Set<number> => {
    const seen = new Set<number>();
    const open = [from];
    while (open.length) {
      for (const to of edges.get(open.pop()!) ?? []) {
        if (!seen.has(to)) {
          seen.add(to);
          open.push(to);
        }
      }
    }
    return seen;
  };
  for (let r = 0; r < count; r++) {
    const forth = reached(pair(r, r), next);
    if (!forth.has(pair(r, r))) continue;
    const back = reached(pair(r, r), before);
    for (const state of forth) {
      if (!back.has(state)) continue;
      if (Math.floor(state / count) !== state % count) return true;
      for (const to of next.get(state) ?? []) if (back.has(to) && doubled.has(`${state} ${to}`)) return true;
    }
  }
  return false;
}
