import type { Problem } from './parsed.ts';

/** How a half-typed Dockerfile is to be read: some characters replaced by others, and cut before some offsets. */
export interface Repair {
  readonly edits: readonly { readonly at: number; readonly text: string }[];
  /** Where a piece begins that is to be parsed by itself; never 0. */
  readonly cuts: readonly number[];
  readonly problems: readonly Problem[];
}

const keywords = new Set(
  'FROM RUN CMD LABEL MAINTAINER EXPOSE ENV ADD COPY ENTRYPOINT VOLUME USER WORKDIR ARG ONBUILD STOPSIGNAL HEALTHCHECK SHELL'.split(' '),
);

/** What a line that begins with no keyword must look like to go on with the instruction above it. */
const goesOn: Readonly<Record<string, RegExp>> = {
  RUN: /^(?:[ \t]+\S|[a-z&|;<>"'$(){}[-])/,
  ENV: /^[ \t]*[A-Za-z_][\w.-]*=/,
  LABEL: /^[ \t]*["']?[A-Za-z_][\w.-]*["']?=/,
  ARG: /^[ \t]*[A-Za-z_][\w.-]*=/,
  CMD: /^[ \t]*["\]]/,
  ENTRYPOINT: /^[ \t]*["\]]/,
};

interface Instruction {
  /** In capitals; empty when the line begins with no keyword. */
  readonly keyword: string;
  readonly lines: { readonly start: number; readonly end: number }[];
  /** The quote that is open at the end of the last line, or -1. */
  quote: number;
}

/** A text with more open heredocs than this is no Dockerfile: they then end before the next instruction unseen. */
const patience = 50;

/**
 * Finds where half-typed lines pull others along: a lost `\` at a line's end, one that is left over before the next instruction, a quote without its
 * partner, a heredoc without its end. `text` has its comments blanked; a text that is sound gets no edits.
 */
export function repair(text: string, escape: string): Repair {
  const edits: { at: number; text: string }[] = [];
  const cuts: number[] = [];
  const problems: Problem[] = [];
  let current: Instruction | undefined;
  /** The offset of the escape that carries the instruction on to the next line, or -1. */
  let carried = -1;
  let unclosed = 0;

  const problem = (at: number, message: string): void => {
    problems.push({ span: { start: at, end: at + 1 }, message });
  };
  const extend = (to: Instruction, start: number, end: number): void => {
    to.lines.push({ start, end });
    to.quote = openQuote(text, start, end, escape, to.quote);
  };
  const finish = (): void => {
    const stray = current && current.lines.length > 1 && current.quote >= 0 ? strayQuote(text, current.lines, escape) : -1;
    if (stray < 0) return;
    edits.push({ at: stray, text: ' ' });
    problem(stray, 'This quote has no partner');
  };

  for (let start = 0; start < text.length;) {
    let end = text.indexOf('\n', start);
    if (end < 0) end = text.length;
    const next = end + 1;
    const first = firstOf(text, start, end);
    // What is left of comments are directives.
    if (first === end || text[first] === '#') {
      start = next;
      continue;
    }
    const word = /^\S+/.exec(text.slice(first, Math.min(end, first + 12)))![0];
    if (carried >= 0 && current && (first > start || !keywords.has(word) || current.quote >= 0 || takes(current, word)))
      extend(current, start, end);
    else if (carried < 0 && current && !keywords.has(word.toUpperCase()) && goesOn[current.keyword]?.test(text.slice(start, end))) {
      const before = current.lines.at(-1)!.end;
      problem(before, 'The line does not say that it goes on');
      edits.push({ at: before, text: text.slice(before, start).replace(/[\r\n]/g, ' ') });
      if (text[before - 1] === '\r') edits.push({ at: before - 1, text: ' ' });
      extend(current, start, end);
    } else {
      if (carried >= 0) {
        edits.push({ at: carried, text: ' ' });
        problem(carried, 'The next line is an instruction of its own');
      }
      finish();
      const known = word.toUpperCase();
      current = { keyword: keywords.has(known) ? known : '', lines: [], quote: -1 };
      extend(current, start, end);
    }
    carried = escapeAt(text, first, end, escape);
    start = next;
    if (carried < 0 && /^(?:RUN|COPY|ADD)$/.test(current.keyword)) {
      const body = heredocs(text, current.lines, next, unclosed < patience);
      if (!body) continue;
      start = body.end;
      if (!body.closed) unclosed++;
      if (!body.closed && start < text.length) {
        cuts.push(start);
        problem(current.lines[0]!.start, 'A heredoc is not closed');
      }
      if (body.end > next) {
        finish();
        current = undefined;
      }
    }
  }
  finish();
  edits.sort((a, b) => a.at - b.at);
  return { edits, cuts, problems };
}

/** `HEALTHCHECK --interval=5s \` and `ONBUILD \` go on with an instruction. */
function takes({ keyword, lines }: Instruction, word: string): boolean {
  return lines.length === 1 && (keyword === 'ONBUILD' || (keyword === 'HEALTHCHECK' && word === 'CMD'));
}

/** The text with the edits made; offsets stay. */
export function edited(text: string, edits: Repair['edits']): string {
  if (edits.length === 0) return text;
  let out = '';
  let from = 0;
  for (const { at, text: replacement } of edits) {
    out += text.slice(from, at) + replacement;
    from = at + replacement.length;
  }
  return out + text.slice(from);
}

/** The first offset that is not blank, or `end`. */
function firstOf(text: string, start: number, end: number): number {
  while (start < end && /\s/.test(text[start]!)) start++;
  return start;
}

function escapeAt(text: string, first: number, end: number, escape: string): number {
  let at = end - 1;
  while (at > first && /\s/.test(text[at]!)) at--;
  return text[at] === escape ? at : -1;
}

/** The quote that is open at `end`, -1 for none; `quote` is the one that was open at `start`. */
function openQuote(text: string, start: number, end: number, escape: string, quote = -1): number {
  for (let at = start; at < end; at++) {
    const c = text[at]!;
    if (c === escape && (quote < 0 || text[quote] === '"')) at++;
    else if (quote >= 0) {
      if (c === text[quote]) quote = -1;
    } else if (c === '"' || c === "'") quote = at;
  }
  return quote;
}

/** The one quote that leaves an instruction open, if only one line can be to blame for it; else -1. */
function strayQuote(text: string, lines: Instruction['lines'], escape: string): number {
  const stray = lines.map(({ start, end }) => openQuote(text, start, end, escape)).filter((at) => at >= 0);
  return stray.length === 1 ? stray[0]! : -1;
}

/** Where the heredocs that the instruction opens end. One without its last line ends before the next instruction. */
function heredocs(text: string, lines: Instruction['lines'], from: number, patient: boolean): { end: number; closed: boolean } | undefined {
  const header = text.slice(lines[0]!.start, lines.at(-1)!.end);
  if (!header.includes('<<')) return undefined;
  let end = from;
  for (const [, dash, , name] of header.matchAll(/(?<!<)<<(-?)(["']?)([A-Za-z_][\w.]*)\2(?=\s|$)/g)) {
    let closed = -1;
    let instruction = -1;
    for (let start = end; start < text.length && closed < 0;) {
      let stop = text.indexOf('\n', start);
      if (stop < 0) stop = text.length;
      const line = text.slice(start, stop).replace(/\r$/, '');
      if ((dash ? line.replace(/^\t+/, '') : line) === name) closed = stop + 1;
      else if (keywords.has(/^[A-Z]+(?=[ \t])/.exec(line)?.[0] ?? '')) {
        if (instruction < 0) instruction = start;
        if (!patient) break;
        // Another one of this name begins: the line that closes it closes no two.
        if (new RegExp(`<<-?["']?${name!.replaceAll('.', '\\.')}(?!\\w)`).test(line)) break;
      }
      start = stop + 1;
    }
    if (closed < 0) return { end: instruction < 0 ? text.length : instruction, closed: false };
    end = closed;
  }
  return { end, closed: true };
}
