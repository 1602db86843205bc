import type { Rule } from '../engine/types.ts';
import { ruleLink } from './diagnostics.ts';

/** What a reader sees first of a rule: title, severity and, where one was found, the finding's message. */
export function ruleMarkdown(rule: Rule, message?: string): string {
  const head = `**${rule.title}** · ${rule.severity} severity`;
  return [head, message, rule.why.trim(), standards(rule)].filter(Boolean).join('\n\n');
}

/** The catalogues that know the flaw, with links where they have stable ones. */
function standards(rule: Rule): string {
  const parts = [
    `[${rule.id}](${ruleLink(rule.id)})`,
    ...rule.cwe.map((id) => `[CWE-${id}](https://cwe.mitre.org/data/definitions/${id}.html)`),
    ...rule.owasp.map((id) => `OWASP ${id}`),
    ...rule.stride.map((threat) => `STRIDE ${threat.replaceAll('-', ' ')}`),
    ...Object.entries(rule.compliance).map(([control, items]) => `${standardName(control)} ${items.join(', ')}`),
  ];
  return parts.join(' · ');
}

/** `pci-dss-4.0` → `PCI DSS 4.0`, `cis-aws-3.0` → `CIS AWS 3.0`. */
function standardName(id: string): string {
  return id
    .split('-')
    .map((word) => (word.length <= 4 ? word.toUpperCase() : word[0]!.toUpperCase() + word.slice(1)))
    .join(' ');
}
