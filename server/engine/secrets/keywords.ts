/**
 * Finds many keywords in one pass (Aho–Corasick), case-insensitive for ASCII letters.
 * The automaton is one flat table over classes of code units: a step is two array reads, whatever the number of keywords.
 */
export class KeywordIndex {
  private readonly classOf = new Uint8Array(65536);
  private readonly table: Int32Array;
  /** Entries of the table are states times this, so that a step needs no multiplication. */
  private readonly stride: number;
  /** States from here on end a keyword; they are numbered last so that one comparison tells. */
  private readonly firstEnding: number;
  /** The keywords that end in each ending state. */
  private readonly ending: readonly (readonly number[])[];
  private readonly lengths: readonly number[];

  /** Ids are positions in `keywords`; an empty keyword never hits. Throws on more than 255 different characters. */
  constructor(keywords: readonly string[]) {
    const folded = keywords.map((k) => k.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()));
    this.lengths = folded.map((k) => k.length);
    this.stride = this.classify(folded);
    const trie = this.trie(folded);
    // Ending states come last, the root (which never ends one) stays 0.
    const states = trie.ends.map((_, state) => state);
    const order = [...states.filter((s) => !trie.ends[s]), ...states.filter((s) => trie.ends[s])];
    const number = new Int32Array(states.length);
    order.forEach((state, n) => (number[state] = n * this.stride));
    this.ending = order.flatMap((state) => (trie.ends[state] ? [trie.ends[state]] : []));
    this.firstEnding = (states.length - this.ending.length) * this.stride;
    this.table = new Int32Array(states.length * this.stride);
    for (const state of states) {
      for (let c = 0; c < this.stride; c++) this.table[number[state]! + c] = number[trie.next[state * this.stride + c]!]!;
    }
  }

  /** Calls `hit` with the keyword's id and the offset of its first character, in the order of their ends. */
  search(text: string, hit: (keyword: number, offset: number) => void): void {
    const { table, classOf, firstEnding, stride } = this;
    for (let i = 0, state = 0; i < text.length; i++) {
      state = table[state + classOf[text.charCodeAt(i)]!]!;
      if (state < firstEnding) continue;
      for (const keyword of this.ending[(state - firstEnding) / stride]!) hit(keyword, i + 1 - this.lengths[keyword]!);
    }
  }

  /** Gives each code unit of the keywords a class, upper and lower case the same; all others share class 0. */
  private classify(folded: readonly string[]): number {
    let classes = 1;
    for (const keyword of folded) {
      for (let i = 0; i < keyword.length; i++) {
        const unit = keyword.charCodeAt(i);
        if (this.classOf[unit] !== 0) continue;
        if (classes > 255) throw new RangeError('more than 255 different characters in keywords');
        this.classOf[unit] = classes;
        if (unit >= 97 && unit <= 122) this.classOf[unit - 32] = classes;
        classes++;
      }
    }
    return classes;
  }

  /** The keywords' trie, completed to an automaton: `next[state * stride + class]`, and which keywords end in a state. */
  private trie(folded: readonly string[]): { next: number[]; ends: (number[] | undefined)[] } {
    const { stride, classOf } = this;
    const next: number[] = new Array<number>(stride).fill(0);
    const ends: (number[] | undefined)[] = [undefined];
    folded.forEach((keyword, id) => {
      if (keyword === '') return;
      let state = 0;
      for (let i = 0; i < keyword.length; i++) {
        const edge = state * stride + classOf[keyword.charCodeAt(i)]!;
        if (next[edge] === 0) {
          next[edge] = ends.length;
          ends.push(undefined);
          for (let c = 0; c < stride; c++) next.push(0);
        }
        state = next[edge]!;
      }
      (ends[state] ??= []).push(id);
    });
    // Breadth first: a state's longest proper suffix is shorter, and so complete when the state is reached.
    const fallback = new Int32Array(ends.length);
    const queue = [0];
    for (let head = 0; head < queue.length; head++) {
      const state = queue[head]!;
      for (let c = 0; c < stride; c++) {
        const edge = state * stride + c;
        const child = next[edge]!;
        const elsewhere = state === 0 ? 0 : next[fallback[state]! * stride + c]!;
        if (child === 0) next[edge] = elsewhere;
        else {
          fallback[child] = elsewhere;
          const inherited = ends[elsewhere];
          if (inherited) ends[child] = [...(ends[child] ?? []), ...inherited];
          queue.push(child);
        }
      }
    }
    return { next, ends };
  }
}
