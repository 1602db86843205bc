import assert from 'node:assert/strict';
import { lacksTags, unapprovedName, unapprovedNetwork, unapprovedRegistry, withLists } from '../server/engine/approved.ts';
import type { Node } from '../server/engine/tree.ts';

const span = { start: 0, end: 1 };
const scalar = (value: string): Node => ({ kind: 'scalar', value, span });
const unknown: Node = { kind: 'unknown', span, refs: [] };
const map = (entries: Readonly<Record<string, Node>>, open = false): Node => ({
  kind: 'map',
  span,
  entries: Object.entries(entries).map(([key, value]) => ({ key, keySpan: span, span, value })),
  ...(open && { open }),
});

describe('what a team approves of', () => {
  it('knows images by registry and path', () => {
    const list = ['ghcr.io/acme', 'registry.local:5000', 'node', 'docker.io/library/python'];
    const said = (image: string) => unapprovedRegistry(scalar(image), list);
    for (const image of [
      'ghcr.io/acme/web:1',
      'GHCR.io/acme/a/b@sha256:00',
      'registry.local:5000/x',
      'node',
      'node:20',
      'library/node',
      'python:3',
      'scratch',
    ])
      assert.equal(said(image), false, image);
    for (const image of ['ghcr.io/acme-evil/web', 'ghcr.io/acm', 'quay.io/acme/web', 'nodejs', 'someone/node', 'localhost/x'])
      assert.equal(said(image), true, image);
    assert.equal(said('$REGISTRY/web'), undefined);
    assert.equal(unapprovedRegistry(unknown, list), undefined);
  });

  it('knows names by pattern', () => {
    const said = (name: string) => unapprovedName(scalar(name), ['eu-*', 'us-east-1', '*-gov-*']);
    for (const name of ['eu-west-1', 'EU-WEST-3', 'us-east-1', 'us-gov-west']) assert.equal(said(name), false, name);
    for (const name of ['us-east-2', 'ap-eu-1', 'gov']) assert.equal(said(name), true, name);
  });

  it('knows networks by what lies in them', () => {
    const said = (range: string) => unapprovedNetwork(scalar(range), ['10.0.0.0/8', '2001:db8::/32']);
    for (const range of ['10.1.2.3', '10.0.0.0/8', '10.200.0.0/16', '2001:db8:1::/48', '2001:db8::1', 'sg-1', 'VirtualNetwork'])
      assert.equal(said(range), false, range);
    for (const range of ['10.0.0.0/7', '0.0.0.0/0', '11.0.0.1/32', '::/0', '2001:db9::/32', '::ffff'])
      assert.equal(said(range), true, range);
  });

  it('knows tags as maps and as lists', () => {
    const list = ['owner', 'cost'];
    assert.equal(lacksTags(map({ tags: map({ Owner: scalar('a'), cost: unknown }) }), list), false);
    assert.equal(lacksTags(map({ labels: map({ owner: scalar('a') }) }), list), true);
    assert.equal(lacksTags(map({}), list), true);
    assert.equal(lacksTags(map({}, true), list), undefined);
    assert.equal(lacksTags(map({ tags: unknown }), list), undefined);
    const pairs: Node = { kind: 'list', span, items: ['Owner', 'Cost'].map((key) => map({ Key: scalar(key), Value: scalar('x') })) };
    assert.equal(lacksTags(map({ Tags: pairs }), list), false);
  });

  it('asks for nothing without a list', () => {
    const condition = { image: ['unapproved-registry'] };
    assert.equal(withLists(condition, {}), undefined);
    assert.deepEqual(withLists(condition, { registries: ['a'] }), { image: [{ 'unapproved-registry': ['a'] }] });
    assert.deepEqual(withLists({ a: 'b' }, {}), { a: 'b' });
  });
});
