import assert from 'node:assert/strict';
import { get, text, walk } from '../server/engine/tree.ts';
import type { Syntax } from '../server/engine/types.ts';
import { parse } from '../server/parse/index.ts';
import type { Parsed } from '../server/parse/parsed.ts';

const read = (syntax: Syntax, path: string, source: string): Parsed => parse({ path, text: source, syntax });

/** What stands at a path of the first tree, as text; the place must hold the very characters. */
function valueAt(parsed: Parsed, path: string): string | undefined {
  const node = get(parsed.trees[0], path);
  const value = text(node);
  if (node && value !== undefined) {
    assert.ok(parsed.document.text.slice(node.span.start, node.span.end).includes(value), `${path} is not where it says`);
  }
  return value;
}

/** Every scalar with its keys. */
function scalars(parsed: Parsed): string[] {
  const found: string[] = [];
  for (const tree of parsed.trees) {
    walk(tree, (node, path) => {
      if (node.kind === 'scalar') found.push(`${path.join('.')}=${String(node.value)}`);
    });
  }
  return found;
}

describe('half-typed JSON', () => {
  const intact = JSON.stringify({ one: { a: { b: 1 }, list: [{ c: 2 }, { d: 3 }] }, two: { e: { f: 'g' } } }, undefined, 2);
  const json = (source: string): Parsed => read('json', 'a.json', source);

  it('is read by its indentation where a bracket is missing', () => {
    for (const [line, what] of [
      ['    "a": {', 'an object is not opened'],
      ['      "b": 1', 'an object is empty'],
      ['    },', 'an object is not closed'],
      ['    "list": [', 'a list is not opened'],
      ['      {', 'an item is not opened'],
      ['    ]', 'a list is not closed'],
      ['  },', 'an outer object is not closed'],
    ]) {
      const parsed = json(intact.replace(`${line!}\n`, ''));
      assert.equal(valueAt(parsed, 'two.e.f'), 'g', what);
      assert.deepEqual(parsed.trees[0]?.kind === 'map' && parsed.trees[0].entries.map((entry) => entry.key), ['one', 'two'], what);
    }
    assert.equal(valueAt(json(intact.replace('"one": {', '"one: {')), 'two.e.f'), 'g', 'a quote takes the bracket along');
  });

  it('is trusted with its brackets elsewhere, however it is indented', () => {
    const odd = `{
  "one": {
      "a": { "b": [
        1
        ]}
    },
  "two":
  {
  "c": 3
  },
    "three": { "d": { "e": [ {
      "f": 4
    } ] }
}}`;
    assert.equal(valueAt(json(odd), 'three.d.e.f'), '4');
    const broken = json(odd.replace(']}\n    }', ']}\n'));
    assert.equal(valueAt(broken, 'one.a.b.*'), '1');
    assert.equal(valueAt(broken, 'two.c'), '3');
    assert.equal(valueAt(broken, 'three.d.e.f'), '4');
    assert.equal(valueAt(json('{"a": {"b": 1, "c": {"d": 2}'), 'a.c.d'), '2', 'one line says nothing by its indentation');
  });

  it('has an object though its first bracket is missing', () => {
    assert.equal(valueAt(json(intact.slice(1)), 'two.e.f'), 'g');
    assert.deepEqual(scalars(json('"lonely"')), ['=lonely']);
  });

  it('is not slow, however deep', () => {
    const begin = performance.now();
    json(`${'[\n'.repeat(10_000)}${']\n'.repeat(9_000)}`);
    json(Array.from({ length: 10_000 }, (_, i) => `${' '.repeat(i % 100)}{"a":\n`).join(''));
    assert.ok(performance.now() - begin < 1500);
  });
});
