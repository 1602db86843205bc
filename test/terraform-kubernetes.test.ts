import assert from 'node:assert/strict';
import { before, describe, it } from 'mocha';
import { analyze, ruleSet, type Analysis } from '../server/engine/analyze.ts';
import { applyEdits, compatible } from '../server/engine/fix.ts';
import { at, get, text as textOf } from '../server/engine/tree.ts';
import type { Fact, SourceDocument } from '../server/engine/types.ts';
import { extract } from '../server/facts/index.ts';
import { parse, syntaxOf } from '../server/parse/index.ts';
import { loadParsers } from '../server/workspace/parsers.ts';
import { checks, loadRules } from '../server/workspace/rules.ts';

const documentOf = (text: string, path = 'main.tf'): SourceDocument => ({ path, text, syntax: syntaxOf(path, text) });
const factsOf = (text: string, path?: string): readonly Fact[] =>
  extract(parse(documentOf(text, path)), []).facts.filter((fact) => fact.platform === 'kubernetes');

const deployment = `resource "kubernetes_deployment_v1" "web" {
  metadata {
    name   = "web"
    labels = { app_name = "web" }
  }
  spec {
    selector {
      match_labels = { app_name = "web" }
    }
    template {
      metadata {}
      spec {
        host_pid = var.pid
        volume {
          name = "sock"
          host_path {
            path = "/var/run/docker.sock"
          }
        }
        container {
          name  = "web"
          image = "nginx:1.2.3"
          security_context {
            privileged = true # for now
          }
        }
        container {
          name = "side"
        }
        init_container {
          name = "init"
        }
      }
    }
  }
}
variable "pid" {
  default = true
}
`;

describe('Kubernetes objects in Terraform', () => {
  let run: (text: string, ids: readonly string[], path?: string) => Analysis;
  before(loadParsers);
  before(() => {
    const pages = loadRules();
    run = (text, ids, path) => {
      const document = documentOf(text, path);
      const rules = ruleSet(
        pages.filter(({ id }) => ids.includes(id)),
        checks,
        { preset: 'all' },
      );
      const { facts, literals } = extract(parse(document), []);
      return analyze({ document, facts, literals }, rules);
    };
  });

  it('reads blocks that are written as attributes', () => {
    const pod = `resource "kubernetes_pod" "web" {
  spec {
    container = [
      { name = "web", security_context = { privileged = true } },
      { name = "side" },
    ]
  }
}
`;
    const containers = factsOf(pod).filter((fact) => fact.types.includes('container'));
    assert.deepEqual(
      containers.map(({ name }) => name),
      ['container web', 'container side'],
    );
    assert.equal(textOf(containers[0]!.node, 'securityContext.privileged'), 'true');
  });
  it('are facts of Kubernetes in its words, at their places', () => {
    const facts = factsOf(deployment);
    assert.deepEqual(
      facts.map((fact) => [fact.types[0], fact.name]),
      [
        ['Deployment', 'Deployment web'],
        ['pod', 'Deployment web'],
        ['container', 'container web'],
        ['container', 'container side'],
        ['init-container', 'container init'],
      ],
    );
    const [object, pod, web] = facts as [Fact, Fact, Fact];
    assert.equal(textOf(object.node, 'apiVersion'), 'apps/v1');
    assert.equal(textOf(object.node, 'spec.selector.matchLabels.app_name'), 'web', 'keys of data stay');
    assert.equal(deployment.slice(object.head.start, object.head.end), 'resource "kubernetes_deployment_v1" "web"');
    const pid = get(pod.node, 'hostPID')!;
    assert.equal(deployment.slice(pid.span.start, pid.span.end), 'var.pid');
    assert.equal(pid.origin?.what, 'the default of variable `pid`');
    assert.equal(textOf(pod.node, 'volumes.hostPath.path'), '/var/run/docker.sock');
    assert.equal(web.parent, pod);
    const key = at(web.node, 'securityContext.privileged').found[0]!.entry!.keySpan;
    assert.equal(deployment.slice(key.start, key.end), 'privileged');
  });

  it('know every form of a resource, and no other', () => {
    const kinds = (types: readonly string[]): unknown[] => types.map((type) => factsOf(`resource "${type}" "x" {\n}\n`)[0]?.types[0]);
    assert.deepEqual(kinds(['kubernetes_pod', 'kubernetes_pod_v1', 'kubernetes_cron_job_v1', 'kubernetes_daemonset']), [
      'Pod',
      'Pod',
      'CronJob',
      'DaemonSet',
    ]);
    assert.deepEqual(kinds(['kubernetes_role_binding', 'kubernetes_config_map_v1_data', 'kubernetes_labels', 'helm_release']), [
      'RoleBinding',
      undefined,
      undefined,
      undefined,
    ]);
    const role = factsOf(
      'resource "kubernetes_cluster_role" "r" {\n  rule {\n    verbs = ["*"]\n    non_resource_urls = ["/x"]\n  }\n  rule {\n    verbs = ["get"]\n  }\n}\n',
    );
    assert.equal(at(role[0]!.node, 'rules.verbs').found.length, 2);
    assert.ok(get(role[0]!.node, 'rules.nonResourceURLs'));
    const json = factsOf(
      '{ "resource": { "kubernetes_pod": { "p": { "metadata": { "labels": { "a_b": "c" } }, "spec": { "container": [{ "name": "x" }, { "name": "y" }] } } } } }',
      'main.tf.json',
    );
    assert.deepEqual(
      json.map(({ name }) => name),
      ['Pod', 'Pod', 'container x', 'container y'],
    );
    assert.ok(get(json[0]!.node, 'metadata.labels.a_b'));
    const manifest = factsOf(
      'resource "kubernetes_manifest" "m" {\n  manifest = {\n    apiVersion = "v1"\n    kind = "Pod"\n    spec = { containers = [{ name = "z" }] }\n  }\n}\n',
    );
    assert.deepEqual(
      manifest.map(({ name }) => name),
      ['Pod', 'Pod', 'container z'],
    );
  });

  it('get the rules of Kubernetes, and fixes in the words of the provider', () => {
    const ids = ['kubernetes/privileged-container', 'kubernetes/capabilities-not-dropped', 'kubernetes/token-automount'];
    const analysis = run(deployment, ids);
    assert.deepEqual(
      analysis.findings.map(({ rule, span }) => [rule, deployment.slice(span.start, span.end)]),
      [
        ['kubernetes/token-automount', 'spec'],
        ['kubernetes/capabilities-not-dropped', 'security_context'],
        ['kubernetes/privileged-container', 'true'],
        ['kubernetes/capabilities-not-dropped', 'name = "side"'],
        ['kubernetes/capabilities-not-dropped', 'name = "init"'],
      ],
    );
    const fixed = applyEdits(deployment, compatible(analysis.findings.flatMap((f) => analysis.fixesOf(f))).edits);
    assert.match(fixed, /privileged = false # for now\n/);
    assert.match(fixed, /automount_service_account_token = false\n/);
    assert.match(fixed, /name = "side"\n\n {10}security_context \{\n {12}capabilities \{\n {14}drop = \["ALL"\]\n/);
    assert.deepEqual(run(fixed, ids).findings, []);
  });

  it('get no fix where it could not be written exactly', () => {
    const manifest =
      'resource "kubernetes_manifest" "m" {\n  manifest = {\n    apiVersion = "v1"\n    kind = "Pod"\n    spec = { containers = [{ name = "z", securityContext = { privileged = true } }] }\n  }\n}\n';
    const analysis = run(manifest, ['kubernetes/privileged-container']);
    assert.deepEqual(
      analysis.findings.map(({ fixable }) => fixable),
      [false],
    );
    const unpinned = run('resource "kubernetes_pod" "p" {\n  spec {\n    container {\n      image = "x:1"\n    }\n  }\n}\n', [
      'kubernetes/no-liveness-probe',
      'kubernetes/no-readiness-probe',
    ]);
    assert.ok(unpinned.findings.every(({ fixable }) => !fixable));
  });

  it('read policies, quotas and budgets in the words of Kubernetes', () => {
    const facts = factsOf(`resource "kubernetes_pod_security_policy_v1beta1" "apps" {
  metadata {
    name = "apps"
  }
  spec {
    required_drop_capabilities = ["ALL"]
    allowed_host_paths {
      path_prefix = "/var/log"
      read_only   = true
    }
    run_as_user {
      rule = "MustRunAs"
      range {
        min = 1
      }
    }
  }
}
resource "kubernetes_limit_range" "shop" {
  spec {
    limit {
      type    = "Container"
      default = { cpu_x = "1" }
    }
  }
}
`);
    const [policy, range] = facts;
    assert.deepEqual(policy?.types, ['PodSecurityPolicy', 'manifest']);
    assert.equal(textOf(policy.node, 'spec.requiredDropCapabilities') ?? 'list', 'list');
    assert.equal(at(policy.node, 'spec.allowedHostPaths.readOnly').found.length, 1);
    assert.equal(at(policy.node, 'spec.runAsUser.ranges.min').found.length, 1);
    assert.deepEqual(range?.types, ['LimitRange', 'manifest']);
    assert.equal(at(range.node, 'spec.limits.default.cpu_x').found.length, 1);
  });
});
