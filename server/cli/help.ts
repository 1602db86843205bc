import manifest from '../../package.json' with { type: 'json' };

export const { version } = manifest;

export const overview = `Leftward finds secrets, insecure configuration and OWASP anti-patterns. Offline, no account.

Usage: leftward <command> [options]

  scan [paths…]            look for problems
  fix [paths…]             apply the fixes that keep the behaviour of a correct program
  baseline [paths…]        take what is found today as known, so that only new findings are reported
  explain <rule>           say why a rule matters and what to do
  install-hook             let git ask Leftward before each commit
  rules list               list all rules
  rules test [folder]      run the tests in rule pages
  rules new <folder/name>  begin a rule of your own

  --help, --version        (leftward <command> --help says more)

Configuration: .leftward.yaml at the root of the project.
`;

export const scanHelp = `Usage: leftward scan [paths…] [options]

Looks at files and folders (default: this folder). What .gitignore and \`exclude\` in .leftward.yaml leave out is left out.

  --staged             what git is about to commit: findings that it would add
  --since <revision>   findings that came since this commit, branch or tag, uncommitted work included
  --history            secrets in all commits of all branches and tags, with the commit that brought them

  --format <name>      text (default), json, jsonl, sarif, junit, checkstyle, gitlab (code quality), gitlab-sast,
                       github (annotations), markdown or html
  --output <file>      write the report to a file
  --severity <level>   report findings of this severity or worse: low (default), medium, high, critical
  --fail-on <level>    exit with 1 on findings of this severity or worse; never: always exit with 0
                       (default: \`fail-on\` in .leftward.yaml, else low)
  --preset <name>      recommended (default) or all, which adds optional rules and those of low confidence
  --rule <id>          run this rule only; may be repeated, and may be a pattern: 'aws/*'
  --no-baseline        report what .leftward-baseline.json knows as well
  --jobs <n>           threads (default: as many as the machine runs at once)
  --no-color           no colours (NO_COLOR and FORCE_COLOR work, too)

Files in the report are relative to the folder when it is the only one named, else to the current one.
Exit codes: 0 nothing found, 1 something found, 2 could not run.
`;

export const fixHelp = `Usage: leftward fix [paths…] [options]

Applies safe fixes only: those after which a correct program behaves as before. The others are offered in the editor.

  --dry-run            show what would change, and change nothing
  --preset <name>      recommended (default) or all
  --rule <id>          fixes of this rule only; may be repeated
  --jobs <n>           threads
  --no-color           no colours

Exit codes: 0 done (also when there was nothing to do), 2 could not run or could not write.
`;

export const baselineHelp = `Usage: leftward baseline [paths…]

Writes .leftward-baseline.json at the root of the project, with everything that is found in it today. Editor and command line then show only what is new.
Write it again when findings have been mended; it holds no values of secrets.

  --preset <name>      recommended (default) or all
  --jobs <n>           threads
  --no-color           no colours
`;

export const hookHelp = `Usage: leftward install-hook [options]

Writes git's pre-commit hook of this repository: before each commit \`leftward scan --staged\` looks at what would be added, and stops it when something is found.

  --fail-on <level>    stop at findings of this severity or worse only
  --force              replace a hook that is there already
`;

export const explainHelp = `Usage: leftward explain <rule>

Says what a rule is about, why it matters and what to do. Other scanners' ids (CKV_AWS_20) are understood.
`;

export const rulesHelp = `Usage: leftward rules list
       leftward rules test [folder]
       leftward rules new <folder>/<name>

  list   all rules with their severity, your own (\`rule-folders\` in .leftward.yaml) included
  test   runs the fences of the pages in a folder (default: your \`rule-folders\`, else rules/); exits with 1 when one fails
  new    writes a page that works, to be changed, into the first of your \`rule-folders\`, else rules/
`;
