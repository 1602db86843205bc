import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { loadHcl } from '../parse/hcl.ts';
import { bundled } from './bundled.ts';

let loading: Promise<void> | undefined;

/** Makes HCL readable: its grammar is WebAssembly, which is loaded before the first parse. Once; later calls wait for the first. */
export function loadParsers(): Promise<void> {
  loading ??= Promise.all([
    wasm('web-tree-sitter/web-tree-sitter.wasm'),
    wasm('@tree-sitter-grammars/tree-sitter-hcl/tree-sitter-terraform.wasm'),
  ]).then(([core, grammar]) => loadHcl(core, grammar));
  return loading;
}

/** Beside the bundle, or where npm put it. */
function wasm(specifier: string): Promise<Uint8Array> {
  const name = specifier.slice(specifier.lastIndexOf('/') + 1);
  return readFile(bundled ? new URL(name, import.meta.url) : createRequire(import.meta.url).resolve(specifier));
}
