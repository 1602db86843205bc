/** What typing does to a file between two sound states, at places that a seed decides. */
export const damages = ['line deleted', 'line cut short', 'token deleted', 'bracket or quote deleted'] as const;
export type Damage = (typeof damages)[number];

/** The characters that are taken out. */
export interface Cut {
  readonly start: number;
  readonly end: number;
}

export type Random = (below: number) => number;

/** Whole numbers in `[0, below)`, the same for the same seed on every machine. */
export function randomNumbers(seed: number): Random {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

/** A random place for the damage; undefined where the text has none. */
export function cut(damage: Damage, text: string, random: Random): Cut | undefined {
  const pick = (pattern: RegExp): Cut | undefined => {
    const places = [...text.matchAll(pattern)];
    const place = places[random(Math.max(1, places.length))];
    return place && { start: place.index, end: place.index + place[0].length };
  };
  switch (damage) {
    case 'line deleted':
      return pick(/^[ \t]*\S.*(?:\r?\n|$)/gm);
    case 'token deleted':
      return pick(/[\w$]+|=>|[=!<>]==?|&&|\|\||[^\s\w$]/g);
    case 'bracket or quote deleted':
      return pick(/[()[\]{}"'`]/g);
    case 'line cut short': {
      const line = pick(/^[ \t]*\S.*\S.*$/gm);
      if (!line) return undefined;
      const lead = /^\s*/.exec(text.slice(line.start, line.end))![0].length;
      return { start: line.start + lead + 1 + random(Math.max(1, line.end - line.start - lead - 1)), end: line.end };
    }
  }
}
