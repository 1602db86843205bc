import { parse, type ParserOptions, type ParserPlugin } from '@babel/parser';
import type { File } from '@babel/types';
import type { SourceDocument } from '../engine/types.ts';
import type { Parse, Problem } from './parsed.ts';
import { nestsDeeper } from './javascript-lines.ts';
import { repair, withoutRunaways, type Attempt } from './javascript-repair.ts';

/** Above this many characters a broken file is not repaired, and none is parsed above four times as many. */
const repairLimit = 1_000_000;

/** The parser recurses, and runs out of stack not far above this (parentheses: 470); a regular expression met at that point aborts the process. */
const deepest = 420;

const tolerated: ParserOptions = {
  errorRecovery: true,
  allowAwaitOutsideFunction: true,
  allowImportExportEverywhere: true,
  allowNewTargetOutsideFunction: true,
  allowReturnOutsideFunction: true,
  allowSuperOutsideMethod: true,
  allowUndeclaredExports: true,
  allowYieldOutsideFunction: true,
  attachComment: false,
};

const common: readonly ParserPlugin[] = [
  'decoratorAutoAccessors',
  'importAttributes',
  'explicitResourceManagement',
  'sourcePhaseImports',
  'deferredImportEvaluation',
  'exportDefaultFrom',
  'throwExpressions',
  'doExpressions',
  'functionBind',
  'regexpUnicodeSets',
];

/** TypeScript's decorators also stand before parameters, which only the older plugin reads. */
const typed: readonly ParserPlugin[] = [...common, 'decorators-legacy', 'typescript'];
const typedMarkup: readonly ParserPlugin[] = [...common, 'decorators-legacy', 'typescript', 'jsx'];
const markup: readonly ParserPlugin[] = [...common, 'decorators', 'jsx'];
const flow: readonly ParserPlugin[] = [...common, 'decorators', 'jsx', ['flow', { all: true }]];

function pluginsFor({ path, text }: SourceDocument): readonly ParserPlugin[] {
  if (/\.[cm]?ts$/i.test(path)) return typed;
  if (/\.tsx$/i.test(path)) return typedMarkup;
  return /^\s*(?:\/\*[^]{0,2000}?|\/\/[^\n]{0,200})@flow\b/.test(text.slice(0, 2500)) ? flow : markup;
}

interface Broken {
  readonly pos?: number;
  readonly message?: string;
  readonly details?: { readonly expected?: string | null };
}

/** Errors that the parser itself could get over. */
const tolerable = (file: File): readonly Broken[] => (file as File & { errors?: readonly Broken[] | null }).errors ?? [];

function attemptWith(plugins: readonly ParserPlugin[], sourceType: 'unambiguous' | 'module'): Attempt {
  const options: ParserOptions = { ...tolerated, sourceType, plugins: [...plugins] };
  return (text) => {
    if (nestsDeeper(text, deepest)) return { at: -1, message: 'Nested too deeply', expected: '' };
    try {
      return { file: parse(text, options) as unknown as File };
    } catch (error) {
      const { pos, message, details } = error as Broken;
      // Without a position it is the call stack that gave in.
      return { at: pos ?? -1, message: (message ?? 'Syntax error').replace(/\s*\(\d+:\d+\)$/, ''), expected: details?.expected ?? '' };
    }
  };
}

/**
 * Parses JavaScript or TypeScript (by the path's ending) and repairs what is half-typed. Only `start` and `end` of the
 * nodes are offsets into the document; `loc` is not to be relied on.
 */
export const parseJavaScript: Parse = (document) => {
  const { text } = document;
  const problem = (at: number, message: string): Problem => ({ span: pointSpan(text, at), message });
  if (text.length > 4 * repairLimit) return { document, trees: [], problems: [problem(0, 'The file is too large to be parsed')] };
  const plugins = pluginsFor(document);
  const first = attemptWith(plugins, 'unambiguous')(text);
  // `unambiguous` reads a broken text twice.
  const attempt = attemptWith(plugins, 'module');
  if (first.file) {
    const [error] = tolerable(first.file);
    const problems = error ? [problem(error.pos ?? 0, error.message ?? '')] : [];
    const blocks = (first.file.comments ?? []).filter((comment) => comment.type === 'CommentBlock') as { start?: number; end?: number }[];
    const code = withoutRunaways(text, blocks);
    if (!code) return { document, trees: [], program: first.file, problems };
    const second = attempt(code);
    const program = second.file ?? repair(code, second, attempt) ?? first.file;
    return { document, trees: [], program, problems: [problem(blocks[0]?.start ?? 0, 'A comment is not closed')] };
  }
  const problems = [problem(first.at, first.message)];
  const program = text.length <= repairLimit ? repair(text, first, attempt) : undefined;
  return program ? { document, trees: [], program, problems } : { document, trees: [], problems };
};

function pointSpan(text: string, at: number): { start: number; end: number } {
  const start = Math.max(0, Math.min(at, text.length));
  return { start, end: Math.min(start + 1, text.length) };
}

const attemptSnippet = attemptWith(typedMarkup, 'module');

/** Parses a rule's snippet (TypeScript with JSX); undefined when it is not valid code. */
export function parseSnippet(text: string): File | undefined {
  const result = attemptSnippet(text);
  return result.file && !tolerable(result.file).length ? result.file : undefined;
}
