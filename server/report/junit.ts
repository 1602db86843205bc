import type { Format } from './report.ts';
import { attributes, escaped } from './xml.ts';

/** JUnit's XML, which every CI shows as failed tests: a suite for each file, a case for each finding. Files that could not be looked at are skipped cases. */
export const junit: Format = ({ findings, skipped, rules, stats }) => {
  const files = new Map<string, string[]>();
  const add = (file: string, lines: readonly string[]): void => {
    files.set(file, [...(files.get(file) ?? []), ...lines]);
  };
  for (const { path, rule, severity, message, start } of findings) {
    const name = `${rule}: ${rules.get(rule)?.title ?? rule} (line ${start.line + 1})`;
    add(path, [
      `    <testcase${attributes({ name, classname: path, file: path, line: start.line + 1 })}>`,
      `      <failure${attributes({ type: severity, message })}>${escaped(`${path}:${start.line + 1}:${start.column + 1}: ${message} (${rule})`)}</failure>`,
      '    </testcase>',
    ]);
  }
  for (const { path, reason } of skipped)
    add(path, [
      `    <testcase${attributes({ name: 'is read', classname: path })}>`,
      `      <skipped${attributes({ message: reason })}/>`,
      '    </testcase>',
    ]);
  const count = (lines: readonly string[], tag: string): number => lines.filter((line) => line.trimStart().startsWith(`<${tag}`)).length;
  const suites = [...files].flatMap(([file, lines]) => [
    `  <testsuite${attributes({ name: file, tests: count(lines, 'testcase'), failures: count(lines, 'failure'), skipped: count(lines, 'skipped'), errors: 0 })}>`,
    ...lines,
    '  </testsuite>',
  ]);
  // An empty file of tests is an error to some: that nothing was found is a test that passed.
  if (suites.length === 0)
    suites.push(
      '  <testsuite name="leftward" tests="1" failures="0" skipped="0" errors="0">',
      '    <testcase name="nothing found" classname="leftward"/>',
      '  </testsuite>',
    );
  const head = attributes({
    name: 'Leftward',
    tests: Math.max(1, findings.length + skipped.length),
    failures: findings.length,
    time: stats.milliseconds / 1000,
  });
  return ['<?xml version="1.0" encoding="UTF-8"?>', `<testsuites${head}>`, ...suites, '</testsuites>', ''].join('\n');
};
