import type { Node, Span } from '../engine/tree.ts';
import type { SourceDocument } from '../engine/types.ts';
import type { File } from '@babel/types';

export interface Problem {
  readonly span: Span;
  readonly message: string;
}

/** What a parser makes of a document. Parsers never throw: what they can't read is left out and named in `problems`. */
export interface Parsed {
  readonly document: SourceDocument;
  /** Configuration languages: one tree, or one for each document of a YAML stream. */
  readonly trees: readonly Node[];
  /** JavaScript and TypeScript, possibly after repair; absent where nothing could be made of the text. */
  readonly program?: File;
  readonly problems: readonly Problem[];
}

/** A parser of one syntax. */
export type Parse = (document: SourceDocument) => Parsed;
