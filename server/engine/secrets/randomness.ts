/** Shannon entropy in bits per character. */
export function entropy(text: string): number {
  const counts = new Map<number, number>();
  for (let i = 0; i < text.length; i++) counts.set(text.charCodeAt(i), (counts.get(text.charCodeAt(i)) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}

// The letter pairs that most of English and of programmers' words consist of: about a fifth of all pairs.
const commonPairs = new Set(
  (
    'th he in er an re nd at on nt ha es st en ed to it ou ea hi is or ti as te et ng of al de se le sa si ar ve ra ld ur ss wo rd ' +
    'ad mi ro ot us ke ey ec cr lo ca ho me pa co ma li la el ll ne ic om ch di io ce ta ri il pr tr pe un na be em ex mp am pl os ' +
    'sh ac ct po ge id ai im ol ut ow no wi su ir go oo ag ig ap ee tt ay so ry up mo ab ub ul ev fo bo da lt my sq ql db ck nn ff rs'
  ).split(' '),
);

/** The share of the value's neighbouring letters that are pairs as in ordinary words: about 0.2 in random text, 0.8 in words. */
export function wordness(text: string): number {
  let pairs = 0;
  let common = 0;
  for (const [run] of text.matchAll(/[A-Z]?[a-z]+|[A-Z]+/g)) {
    const word = run.toLowerCase();
    for (let i = 0; i + 1 < word.length; i++) {
      pairs++;
      if (commonPairs.has(word.slice(i, i + 2))) common++;
    }
  }
  return pairs === 0 ? 0 : common / pairs;
}

/** How much a value looks like chance, from `word` to `random`. */
export type Look = 'random' | 'mixed' | 'decorated' | 'word';

/** `random`: long and without words; `mixed`: short and without words; `decorated`: a word with digits or signs (`hunter2`); else `word`. */
export function look(value: string): Look {
  const [lower, upper, digits, signs] = [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z0-9\s._/-]/].map((c) => c.test(value)) as [
    boolean,
    boolean,
    boolean,
    boolean,
  ];
  const classes = Number(lower) + Number(upper) + Number(digits) + Number(signs);
  const words = wordness(value);
  const digitCount = value.replace(/\D/g, '').length;
  const bits = entropy(value);
  if (value.length >= 16) {
    const hex = /^[0-9a-f-]+$/i.test(value);
    if (hex && digits && (lower || upper) && bits >= 2.8) return 'random';
    if (!hex && classes >= 2 && (digitCount >= 2 || (lower && upper)) && words < 0.5 && bits >= 3.2) return 'random';
    if (classes === 1 && !digits && words < 0.32 && bits >= 3.2) return 'random';
  }
  if (value.length >= 8 && digits && (lower || upper) && words < 0.45 && bits >= 2.5) return 'mixed';
  if (value.length >= 10 && classes === 4 && bits >= 3) return 'mixed';
  return (digits && (lower || upper)) || signs ? 'decorated' : 'word';
}
