import type { SourceDocument, Syntax } from '../engine/types.ts';
import { parseDockerfile } from './dockerfile.ts';
import { parseEnv } from './env.ts';
import { parseHcl } from './hcl.ts';
import { parseJavaScript } from './javascript.ts';
import { parseJson } from './json.ts';
import type { Parse, Parsed } from './parsed.ts';
import { parseYaml } from './yaml.ts';

const parsers: Readonly<Record<Syntax, Parse>> = {
  hcl: parseHcl,
  yaml: parseYaml,
  json: parseJson,
  dockerfile: parseDockerfile,
  env: parseEnv,
  javascript: parseJavaScript,
  text: (document) => ({ document, trees: [], problems: [] }),
};

const names: readonly (readonly [RegExp, Syntax])[] = [
  [/^(?:dockerfile|containerfile)(?:\..+)?$|\.(?:dockerfile|containerfile)$/, 'dockerfile'],
  [/^\.env(?:\..+)?$|\.env$/, 'env'],
  [/\.(?:json|jsonc|template)$/, 'json'],
  [/\.(?:tf|tfvars|hcl|tofu)$/, 'hcl'],
  [/\.ya?ml$/, 'yaml'],
  [/\.[mc]?[jt]sx?$/, 'javascript'],
];

/** The syntax of a document by its name; `text` tells JSON from YAML where a name (`.template`) allows both. */
export function syntaxOf(path: string, text?: string): Syntax {
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  const syntax = names.find(([pattern]) => pattern.test(name))?.[1] ?? 'text';
  if (syntax === 'json' && name.endsWith('.template') && text !== undefined && !/^\s*[{[]/.test(text.slice(0, 1000))) return 'yaml';
  return syntax;
}

/** Text to trees. Never throws: whatever goes wrong in a parser is a problem of an otherwise empty result. */
export function parse(document: SourceDocument): Parsed {
  try {
    return parsers[document.syntax](document);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { document, trees: [], problems: [{ span: { start: 0, end: 0 }, message: `The document could not be parsed: ${message}` }] };
  }
}
