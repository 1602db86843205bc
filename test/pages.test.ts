import assert from 'node:assert/strict';
import { before, describe, it } from 'mocha';
import { analyze, ruleSet } from '../server/engine/analyze.ts';
import { extract } from '../server/facts/index.ts';
import { parse } from '../server/parse/index.ts';
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

  it('yield to rules that exist', () => {
    const ids = new Set(pages.map(({ id }) => id));
    const missing = pages.flatMap(({ rule }) => rule?.yieldsTo?.filter((id) => !ids.has(id)) ?? []);
    assert.deepEqual(missing, []);
  });

  it('say one thing about a line when one of them says more', () => {
    const rules = ruleSet(
      pages.flatMap(({ rule }) => (rule?.id.startsWith('javascript/') ? [rule] : [])),
      checks,
    );
    const text = "app.get('/', (req, res) => eval(req.query.x));\nconst f = (x) => eval(x);\n";
    const document = { path: 'a.js', text, syntax: 'javascript' as const };
    const { facts, literals } = extract(parse(document), []);
    const { findings } = analyze({ document, facts, literals }, rules);
    assert.deepEqual(
      findings.map(({ rule }) => rule),
      ['javascript/code-injection', 'javascript/eval-with-expression'],
    );
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
