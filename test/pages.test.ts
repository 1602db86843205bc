import assert from 'node:assert/strict';
import { before, describe, it } from 'mocha';
import { ruleSet } from '../server/engine/analyze.ts';
import { surprises, runPage } from '../server/pages/index.ts';
import { loadParsers } from '../server/workspace/parsers.ts';
import { readPages } from '../server/workspace/rules.ts';
import { checks } from '../rules/checks.ts';

describe('rule pages', () => {
  const pages = readPages();
  before(loadParsers);

  it('are there', () => assert.ok(pages.length >= 60, `only ${pages.length} pages`));

  it('have an alias in one page only', () => {
    const owner = new Map<string, string>();
    for (const { rule } of pages) {
      for (const alias of rule?.aliases ?? []) {
        assert.ok(!owner.has(alias), `${alias} stands in ${owner.get(alias)} and ${rule!.id}`);
        owner.set(alias, rule!.id);
      }
    }
  });

  for (const page of pages) {
    it(page.id, () => {
      const failures = runPage(page, checks);
      assert.ok(failures.length === 0, failures.map((failure) => `rules/${failure.page}.md:${failure.line} ${failure.message}`).join('\n'));
    });
  }

  it('surprise nobody: critical and high rules are silent on the good fences of the other pages', () => {
    const rules = ruleSet(
      pages.flatMap(({ rule }) => (rule && (rule.severity === 'critical' || rule.severity === 'high') ? [rule] : [])),
      checks,
    );
    const found = pages.flatMap((page) => surprises(page, rules).map((id) => `${id} fires on a good fence of ${page.id}`));
    assert.deepEqual(found, []);
  });
});
