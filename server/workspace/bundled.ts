/** Whether this runs from `dist/`, where the wasm files, the rules and the worker lie beside it, or from the sources. */
export const bundled = !import.meta.url.endsWith('.ts');
