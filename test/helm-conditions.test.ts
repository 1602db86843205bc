import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { at } from '../server/engine/tree.ts';
import { switchedOff } from '../server/facts/helm-conditions.ts';
import { kubernetes } from '../server/facts/kubernetes.ts';
import { parseYaml } from '../server/parse/yaml.ts';

const values = parseYaml({
  path: 'chart/values.yaml',
  text: 'on: true\noff: false\nnone: []\nnested: { on: 1, off: "" }\n',
  syntax: 'yaml',
});
const root = values.trees[0]!;

/** What is switched off, without the spaces around it. */
function off(text: string): string[] {
  assert.equal(root.kind, 'map');
  return root.kind === 'map' ? switchedOff(text, root).map(({ start, end }) => text.slice(start, end).trim()) : [];
}

describe('conditions of a chart', () => {
  it('are known where they ask for values', () => {
    assert.deepEqual(off('{{ if .Values.on }}a{{ else }}b{{ end }}'), ['b']);
    assert.deepEqual(off('{{- if .Values.off -}} a {{- else -}} b {{- end }}'), ['a']);
    assert.deepEqual(off('{{ with .Values.none }}a{{ end }}{{ range $.Values.nested.off }}b{{ end }}'), ['a', 'b']);
    assert.deepEqual(off('{{ if .Values.missing.key }}a{{ end }}'), ['a']);
  });

  it('combine', () => {
    assert.deepEqual(off('{{ if and .Values.on (not .Values.off) }}a{{ end }}'), []);
    assert.deepEqual(off('{{ if or .Values.off (and .Values.on .Values.none) }}a{{ end }}'), ['a']);
    assert.deepEqual(off('{{ if .Values.off }}a{{ else if .Values.on }}b{{ else }}c{{ end }}'), ['a', 'c']);
  });

  it('are left alone where anything else decides', () => {
    assert.deepEqual(off('{{ if eq .Values.on true }}a{{ else }}b{{ end }}'), []);
    assert.deepEqual(off('{{ if and .Values.on (semverCompare ">=1.19" $v) }}a{{ else }}b{{ end }}'), []);
    assert.deepEqual(off('{{ if and .Values.off (include "x" .) }}a{{ end }}'), ['a']);
    assert.deepEqual(off('{{ end }}{{ else }}{{ if .Values.off }}'), []);
  });

  it('take keys out of the objects, whose absence stays unknown', () => {
    const text = `apiVersion: v1
kind: Pod
spec:
  {{- if .Values.off }}
  hostNetwork: true
  {{- end }}
  {{- if .Values.on }}
  hostPID: true
  {{- end }}
`;
    const facts = kubernetes.facts(parseYaml({ path: 'chart/templates/a.yaml', text, syntax: 'yaml' }), [values]);
    const { node } = facts.find((fact) => fact.types.includes('pod'))!;
    assert.deepEqual(node.kind === 'map' && node.entries.map((entry) => entry.key), ['hostPID']);
    assert.ok(at(node, 'hostNetwork').uncertain);
    assert.ok(!at(node, 'hostIPC').uncertain, 'the rest is known to be absent');
  });
});
