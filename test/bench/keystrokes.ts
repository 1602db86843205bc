/** (a) From a keystroke to its diagnostics, in the built server, over stdio. The debounce is set to 0, so it isn't in the figures. */
import { mkdirSync, writeFileSync } from 'node:fs';
import type { Position } from 'vscode-languageserver/node';
import { Client, uriOf } from '../lsp-client.ts';
import { percentile, rounded } from './statistics.ts';
import { languages, terraform, textOf } from './texts.ts';

export interface Latency {
  readonly language: string;
  /** Milliseconds. */
  readonly p50: number;
  readonly p95: number;
  readonly diagnostics: number;
}

export interface ModuleLatency {
  readonly files: number;
  readonly lines: number;
  /** Milliseconds from the opening of the first document to its diagnostics: all the others are read and parsed. */
  readonly first: number;
  readonly p50: number;
  readonly p95: number;
  readonly diagnostics: number;
}

const lines = 1000;
const warmUp = 40;
const keystrokes = 200;
/** What is typed; then it is deleted again. Half of it leaves the text broken, as typing does. */
const typed = ['x', '"', ' ', '{', '.', '('];

export async function latencies(server: readonly string[], folder: string): Promise<Latency[]> {
  const client = await new Client(server).start({ folders: [folder], settings: { '': { preset: 'all', debounce: 0 } } });
  const results: Latency[] = [];
  for (const language of languages) {
    const uri = uriOf(`${folder}/${language.path}`);
    const text = textOf(language, lines);
    const rows = text.split('\n');
    await client.open(uri, text, language.languageId);
    const { diagnostics } = await client.until(uri, ({ version }) => version === 1);
    const warm = await type(client, uri, rows);
    await client.close(uri);
    results.push({
      language: language.name,
      p50: rounded(percentile(warm, 0.5)),
      p95: rounded(percentile(warm, 0.95)),
      diagnostics: diagnostics.length,
    });
  }
  await client.stop();
  return results;
}

/** Milliseconds for each keystroke in an open document of these rows, warm. */
async function type(client: Client, uri: string, rows: readonly string[]): Promise<readonly number[]> {
  let version = 1;
  const edit = async (start: Position, end: Position, inserted: string): Promise<number> => {
    const from = performance.now();
    const wanted = ++version;
    void client.change(uri, wanted, [{ range: { start, end }, text: inserted }]);
    await client.until(uri, (params) => params.version === wanted);
    return performance.now() - from;
  };
  const taken: number[] = [];
  for (let i = 0; taken.length < warmUp + keystrokes; i++) {
    // Here and there in the file, at the end of a line.
    const line = (i * 389) % rows.length;
    const at = { line, character: rows[line]!.length };
    const character = typed[i % typed.length]!;
    taken.push(await edit(at, at, character));
    taken.push(await edit(at, { line, character: at.character + 1 }, ''));
  }
  return taken.slice(warmUp);
}

/** The same in one file of a Terraform module of many: what stands in the others is part of its analysis. */
export async function moduleLatency(server: readonly string[], folder: string): Promise<ModuleLatency> {
  const files = 200;
  const each = 50;
  mkdirSync(`${folder}/module`);
  const place = (i: number): string => `${folder}/module/part_${String(i).padStart(3, '0')}.tf`;
  // The parts are numbered on, so that no two files declare the same resource.
  const texts = Array.from({ length: files }, (_, i) => {
    const part = (n: number): string => terraform.part(i * each + n);
    return textOf(i === 0 ? { ...terraform, part } : { ...terraform, begin: '', part }, each);
  });
  for (const [i, text] of texts.entries()) writeFileSync(place(i), text);
  const client = await new Client(server).start({ folders: [folder], settings: { '': { preset: 'all', debounce: 0 } } });
  const uri = uriOf(place(0));
  const from = performance.now();
  await client.open(uri, texts[0]!, 'terraform');
  const { diagnostics } = await client.until(uri, ({ version }) => version === 1);
  const first = performance.now() - from;
  const warm = await type(client, uri, texts[0]!.split('\n'));
  await client.stop();
  return {
    files,
    lines: texts.join('').split('\n').length,
    first: rounded(first),
    p50: rounded(percentile(warm, 0.5)),
    p95: rounded(percentile(warm, 0.95)),
    diagnostics: diagnostics.length,
  };
}
