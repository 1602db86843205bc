import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { compileRelation } from '../server/engine/match.ts';
import { kubernetes } from '../server/facts/kubernetes.ts';
import { parseYaml } from '../server/parse/yaml.ts';

const deployment = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec: { template: { metadata: { labels: { app: web, tier: front } }, spec: { containers: [{ name: a, image: b }] } } }
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: p, namespace: NAMESPACE }
spec: { podSelector: SELECTOR }
`;

/** Whether the policy's selector picks the Deployment's pods. */
function selected(selector: string, namespace = 'shop'): boolean | undefined {
  const text = deployment.replace('SELECTOR', selector).replace('NAMESPACE', namespace);
  const facts = kubernetes.facts(parseYaml({ path: 'a.yaml', text, syntax: 'yaml' }), []);
  const workload = facts.find((fact) => fact.types.includes('Deployment'))!;
  const policy = facts.find((fact) => fact.types.includes('NetworkPolicy'))!;
  const by = compileRelation({ resource: ['NetworkPolicy'], by: ['spec.podSelector'] })(workload).truth;
  assert.equal(compileRelation({ resource: ['workload'], to: 'spec.podSelector' })(policy).truth, by);
  return by;
}

describe('selectors as relations', () => {
  it('pick by labels', () => {
    assert.equal(selected('{ matchLabels: { app: web } }'), true);
    assert.equal(selected('{ app: web, tier: front }'), true);
    assert.equal(selected('{ matchLabels: { app: web, tier: back } }'), false);
    assert.equal(selected('{ matchLabels: { release: one } }'), false);
  });

  it('pick all when empty', () => assert.equal(selected('{}'), true));

  it('stay in their namespace', () => assert.equal(selected('{}', 'other'), false));

  it('are not decided where expressions stand', () => {
    assert.equal(selected('{ matchExpressions: [{ key: app, operator: Exists }] }'), undefined);
  });
});
