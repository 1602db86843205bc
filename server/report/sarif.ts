import { pathToFileURL } from 'node:url';
import type { PlacedFinding, Region } from '../engine/placed.ts';
import type { Rule, Severity } from '../engine/types.ts';
import { fingerprints } from './fingerprints.ts';
import { pageOf, type Format } from './report.ts';

const levels: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
};
/** On the scale of CVSS, as code scanning services read it. */
const scores: Readonly<Record<Severity, string>> = { critical: '9.5', high: '8.0', medium: '5.5', low: '2.0' };
const precision = { high: 'high', medium: 'medium', low: 'low' } as const;

/** SARIF 2.1.0: what GitHub code scanning, Azure DevOps and SARIF viewers read. Rules are listed when they found something. */
export const sarif: Format = (report) => {
  const used = [...new Set(report.findings.map((finding) => finding.rule))].sort();
  const index = new Map(used.map((id, i) => [id, i]));
  const severity = new Map(report.findings.map((finding) => [finding.rule, finding.severity]));
  const prints = fingerprints(report.findings);
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'Leftward',
            semanticVersion: report.version,
            informationUri: 'https://github.com/leftward/leftward',
            rules: used.map((id) => descriptor(id, report.rules.get(id), severity.get(id)!)),
          },
        },
        originalUriBaseIds: { SRCROOT: { uri: pathToFileURL(report.root).href.replace(/\/?$/, '/') } },
        columnKind: 'utf16CodeUnits',
        invocations: [
          {
            executionSuccessful: true,
            toolExecutionNotifications: report.skipped.map(({ path, reason }) => ({
              level: 'note',
              message: { text: `${path}: ${reason}` },
              locations: [{ physicalLocation: { artifactLocation: artifact(path) } }],
            })),
          },
        ],
        results: report.findings.map((finding, i) => ({
          ruleId: finding.rule,
          ruleIndex: index.get(finding.rule)!,
          level: levels[finding.severity],
          message: { text: finding.message },
          locations: [location(finding.path, finding)],
          ...(finding.related.length > 0 && {
            relatedLocations: finding.related.map((one, id) => ({ id, ...location(one.path, one), message: { text: one.message } })),
          }),
          partialFingerprints: { 'leftward/v1': prints[i] },
          ...(finding.fixes && finding.fixes.length > 0 && { fixes: finding.fixes.map((fix) => fixOf(finding.path, fix)) }),
          properties: {
            severity: finding.severity,
            confidence: finding.confidence,
            ...(finding.subject !== '' && { subject: finding.subject }),
          },
        })),
      },
    ],
  };
  return JSON.stringify(log, undefined, 2) + '\n';
};

function descriptor(id: string, rule: Rule | undefined, severity: Severity): object {
  const base = { id, helpUri: pageOf(id), defaultConfiguration: { level: levels[severity] } };
  if (!rule) return base;
  const cwe = rule.cwe.map((number) => `external/cwe/cwe-${String(number).padStart(3, '0')}`);
  const owasp = rule.owasp.map((category) => `external/owasp/${category.toLowerCase().replace(':', '-')}`);
  return {
    ...base,
    name: id.replace(/(^|[/-])([a-z0-9])/g, (_all, _cut, letter: string) => letter.toUpperCase()),
    shortDescription: { text: rule.title },
    fullDescription: { text: firstSentence(rule.why) || rule.title },
    help: { text: rule.why || rule.title, markdown: `# ${rule.title}\n\n${rule.why}` },
    properties: {
      tags: ['security', ...cwe, ...owasp],
      precision: precision[rule.confidence],
      'security-severity': scores[severity],
    },
  };
}

function firstSentence(text: string): string {
  return /^[\s\S]*?[.!?](?=\s|$)/.exec(text)?.[0].replace(/\s+/g, ' ') ?? text;
}

function artifact(path: string): object {
  return { uri: path.split('/').map(encodeURIComponent).join('/'), uriBaseId: 'SRCROOT' };
}

function location(path: string, region: Region): object {
  return { physicalLocation: { artifactLocation: artifact(path), region: regionOf(region) } };
}

function regionOf({ start, end }: Region): object {
  return { startLine: start.line + 1, startColumn: start.column + 1, endLine: end.line + 1, endColumn: end.column + 1 };
}

function fixOf(path: string, fix: NonNullable<PlacedFinding['fixes']>[number]): object {
  return {
    description: { text: fix.title },
    artifactChanges: [
      {
        artifactLocation: artifact(path),
        replacements: fix.edits.map((edit) => ({ deletedRegion: regionOf(edit), insertedContent: { text: edit.text } })),
      },
    ],
  };
}
