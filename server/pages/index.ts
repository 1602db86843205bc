export { compilePage, type Page, type PageProblem } from './compile.ts';
export type { Fence } from './fences.ts';
export { documentOf, runPage, surprises, type FenceFailure } from './run.ts';
