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
  const parts = [
    `[${rule.id}](${ruleLink(rule.id)})`,
    ...rule.cwe.map((id) => `[CWE-${id}](https://cwe.mitre.org/data/definitions/${id}.html)`),
    ...rule.owasp.map((id) => `OWASP ${id}`),
    ...rule.stride.map((threat) => `STRIDE ${threat.replaceAll('-', ' ')}`),
    ...Object.entries(rule.compliance).map(([standard, items]) => `${standardName(standard)} ${items.join(', ')}`),
  ];
  return parts.join(' · ');
}

/** `pci-dss-4.0` → `PCI DSS 4.0`, `nist-800-53` → `NIST 800-53`. */
function standardName(id: string): string {
  return id
    .split(/(?<!\d)-|-(?!\d)/)
    .map((word) => (word.length <= 4 ? word.toUpperCase() : word[0]!.toUpperCase() + word.slice(1)))
    .join(' ');
}
