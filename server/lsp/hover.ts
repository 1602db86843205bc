import type { Rule } from '../engine/types.ts';
import { ruleLink } from './diagnostics.ts';

/** What a hover says of a rule; `message` where the editor doesn't show it already. */
export function ruleHover(rule: Rule, message?: string): string {
  return [`**${rule.title}** · ${rule.severity} severity`, message, rule.why.trim(), standards(rule)].filter(Boolean).join('\n\n');
}

/** A rule as a document of its own. */
export function rulePage(rule: Rule): string {
  return [`# ${rule.title}`, `\`${rule.id}\` · ${rule.severity} severity`, rule.why.trim(), standards(rule)].join('\n\n') + '\n';
}

/** The catalogues that know the flaw, with links where they have stable ones. */
function standards(rule: Rule): string {
  const named: readonly (readonly [string, readonly string[]])[] = [
    ['OWASP', rule.owasp],
    ['STRIDE', rule.stride.map((threat) => threat.replaceAll('-', ' '))],
    ...Object.entries(rule.compliance).map(([standard, items]) => [standardName(standard), items] as const),
  ];
  const parts = [
    `[${rule.id}](${ruleLink(rule.id)})`,
    ...rule.cwe.map((id) => `[CWE-${id}](https://cwe.mitre.org/data/definitions/${id}.html)`),
    ...named.filter(([, items]) => items.length > 0).map(([name, items]) => `${name} ${items.join(', ')}`),
  ];
  return parts.join(' · ');
}

/** `pci-dss-4.0` → `PCI DSS 4.0`, `nist-800-53` → `NIST 800-53`, `cis-kubernetes-1.10` → `CIS Kubernetes 1.10`. */
function standardName(id: string): string {
  return id
    .split(/(?<!\d)-|-(?!\d)/)
    .map((word) => (word.length <= 4 || word === 'hipaa' ? word.toUpperCase() : word[0]!.toUpperCase() + word.slice(1)))
    .join(' ');
}
