import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { compilePage } from '../server/pages/index.ts';

const body = '---\nWhy it matters.\n\n```dockerfile bad 1\nFROM a\n```\n```dockerfile good\nFROM b\n```\n';

/** A right page with some front matter lines replaced or added. */
function problems(
  changes: Readonly<Record<string, string>>,
  match = '  - on: dockerfile FROM\n    where: { image: a }\n',
  text = body,
): string[] {
  const front = {
    title: 'Image is called a',
    severity: 'low',
    confidence: 'high',
    message: '"The image is called `{value}`."',
    ...changes,
  };
  const lines = Object.entries(front)
    .filter(([, value]) => value !== '')
    .map(([key, value]) => `${key}: ${value}\n`);
  const page = compilePage('docker/called-a', `---\n${lines.join('')}match:\n${match}${text}`);
  return page.problems.map(({ line, field, message }) => `${line} ${field}: ${message}`);
}

describe('compiling a page', () => {
  it('accepts a right one', () => assert.deepEqual(problems({}), []));

  it('names page, line and field of what is wrong', () => {
    assert.deepEqual(problems({ severity: 'dreadful' }), [
      '3 severity: must be equal to one of the allowed values (critical, high, medium, low)',
    ]);
    assert.match(problems({ sevrity: 'low' }).join(), /6 sevrity: must NOT have additional properties/);
    assert.match(problems({ title: '' }).join(), /must have required property 'title'/);
    assert.match(problems({ cwe: '[x]' }).join(), /6 cwe\.0: must be integer/);
  });

  it('knows platforms, types, operators and predicates', () => {
    assert.match(problems({}, '  - on: docker FROM\n    where: { image: a }\n').join(), /7 match\.0\.on: `docker` is no platform/);
    assert.match(problems({}, '  - on: dockerfile from\n    where: { image: a }\n').join(), /dockerfile has no type `from`/);
    assert.match(
      problems({}, '  - on: dockerfile FROM\n    where: { image: { matches: "(" } }\n').join(),
      /7 match\.0: Invalid regular expression/,
    );
    assert.match(
      problems({}, '  - on: dockerfile FROM\n    where: { image: { matches: x, tag: y } }\n').join(),
      /mixes operators \(matches\) with paths/,
    );
    assert.match(problems({}, '  - where: { image: a }\n').join(), /must have required property/);
  });

  it('reads snippets and flows', () => {
    assert.match(problems({}, '  - code: "foo((("\n').join(), /does not parse/);
    assert.match(problems({}, '  - flow: { from: user-input, to: [eval($X)] }\n').join(), /lacks \$HERE/);
  });

  it('bounds the patterns of secrets', () => {
    assert.match(problems({}, '  - secret: { keywords: [tok_], pattern: "tok_\\\\w+" }\n').join(), /upper bound/);
    assert.match(
      problems({}, '  - secret: { keywords: [tok_], pattern: "tok_[a-z]{20}", checksum: crc99 }\n').join(),
      /no checksum named crc99/,
    );
  });

  it('wants a why, and fences that say what they are', () => {
    assert.match(problems({}, undefined, body.replace('Why it matters.\n', '')).join(), /why: say why it matters/);
    assert.match(problems({}, undefined, body.replace('bad 1', 'bad')).join(), /fence: a bad fence says on which lines/);
    assert.match(problems({}, undefined, body.slice(0, -4)).join(), /never closed/);
  });

  it('says so when there is no front matter, or no YAML in it', () => {
    assert.match(compilePage('a/b', 'text').problems[0]!.message, /must begin with front matter/);
    assert.match(compilePage('a/b', '---\na: [\n---\n').problems[0]!.message, /./);
    assert.match(compilePage('Bad Name', 'text').problems[0]!.message, /folder/);
  });
});
