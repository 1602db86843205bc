import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { flagCheck } from '../server/engine/command-flags.ts';
import type { Hit } from '../server/engine/types.ts';
import { kubernetes } from '../server/facts/kubernetes.ts';
import { parseYaml } from '../server/parse/yaml.ts';

const check = flagCheck(
  ['kube-apiserver', 'etcd'],
  [
    { name: 'profiling', want: 'false' },
    { name: 'client-cert-auth', want: 'true', good: (value) => value !== 'false' },
  ],
);

/** The hits in a container with these lines. */
function hits(container: string): { text: string[]; found: readonly Hit[] } {
  const text = `apiVersion: v1\nkind: Pod\nspec:\n  containers:\n    - name: a\n${container.replace(/^/gm, '      ')}\n`;
  const facts = kubernetes.facts(parseYaml({ path: 'a.yaml', text, syntax: 'yaml' }), []);
  const found = check(facts.find((fact) => fact.types.includes('container'))!);
  return { text: found.map(({ span }) => text.slice(span.start, span.end)), found };
}

describe('flags of a command', () => {
  it('reads both ways of writing a value', () => {
    assert.deepEqual(hits('command: [kube-apiserver, --profiling=true]').text, ['--profiling=true']);
    assert.deepEqual(hits('command: [/usr/local/bin/kube-apiserver, --profiling, "false"]').text, []);
    assert.deepEqual(hits('command: [kube-apiserver]\nargs: [--profiling]').text, ['--profiling']);
  });

  it('reads scripts', () => {
    assert.deepEqual(hits('command: [sh, -c, "exec kube-apiserver --profiling=true --v=2 | tee log"]').text, ['--profiling=true']);
    assert.deepEqual(hits('command: [sh, -c, "cat kube-apiserver --profiling=true"]').text, []);
  });

  it('says nothing of other programs, and nothing that it cannot know', () => {
    assert.deepEqual(hits('command: [kubectl, get, kube-apiserver]').text, []);
    assert.deepEqual(hits('command: [kube-apiserver, --config=/etc/a.yaml]').text, []);
    assert.deepEqual(hits('command: [kube-apiserver, "--profiling={{ .Values.profiling }}"]').text, []);
    assert.deepEqual(hits('command: [kube-apiserver, "{{ .Values.flags }}"]').text, []);
  });

  it('reads the environment of etcd', () => {
    const env = 'env: [{ name: ETCD_PROFILING, value: "false" }, { name: ETCD_CLIENT_CERT_AUTH, value: "false" }]';
    assert.deepEqual(hits(`command: [etcd]\n${env}`).text, ['value: "false"']);
  });

  it('reports what is missing at the command, with lines to add', () => {
    const { text, found } = hits('command:\n  - kube-apiserver');
    assert.deepEqual(text, ['command']);
    const [edit] = found[0]!.fix!.edits;
    assert.equal(edit?.op === 'insert' && edit.text, '- --profiling=false');
  });
});
