/** The command line: the same engine as the editor, printed. `docs` of the report: README, section "Command line". */
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { version } from '../package.json';
import { alike } from './cli/alike';
import { check } from './cli/check';
import { namesRun } from './cli/evidence';
import { reason } from './cli/files';
import { applyFixes } from './cli/fix';
import { flowOutput, NoSuchModel } from './cli/flow';
import { loadPython } from './cli/python';
import { FORMATS } from './core/logs/registry';
import { REMEDIES } from './core/remedies/registry';
import { allFindings, type CheckReport, compareSeverity, filterReport } from './core/report/checkReport';
import { formatGithub } from './core/report/github';
import { formatJson } from './core/report/json';
import { remedyPage, rulePage } from './core/report/pages';
import { plain } from './core/report/plain';
import { formatSarif } from './core/report/sarif';
import { formatText } from './core/report/text';
import type { Severity } from './core/rules/finding';
import { RULES } from './core/rules/registry';

const USAGE = `Usage:
  gradient-inspector check [PATH ...]        logs, Python files, or folders to walk (default: .); - reads a log from standard input
      --format text|json|sarif|github        default text
      --run LOG                              read the Python files in the light of this log
      --select IDS, --ignore IDS             rule codes or names, comma-separated
      --fix                                  apply the safe fixes; with --unsafe-fixes also those that change numerics;
                                             then report what is left
      --remedy ID                            with --fix: only the fixes of this remedy
      --fail-on error|warning|info|never     default warning
  gradient-inspector rules [--format json]   every rule
  gradient-inspector explain CODE|NAME       a rule's page, or a remedy's
  gradient-inspector formats                 every log format it reads
  gradient-inspector flow FILE               expected gradient flow at initialisation; - reads standard input
      --class NAME, --seq-len N, --batch N, --format text|json
  gradient-inspector --version

Exit status: 0 nothing at or above --fail-on; 1 findings; 2 wrong usage, or an input that cannot be read.
`;

/** The command line was wrong; the message says how. */
class UsageError extends Error {}

/** No command, or none that we know: what there is follows the message. */
class UnknownCommand extends UsageError {}

const OPTIONS = {
  format: { type: 'string', default: 'text' },
  run: { type: 'string', multiple: true, default: [] },
  select: { type: 'string', multiple: true, default: [] },
  ignore: { type: 'string', multiple: true, default: [] },
  fix: { type: 'boolean', default: false },
  'unsafe-fixes': { type: 'boolean', default: false },
  remedy: { type: 'string' },
  'fail-on': { type: 'string', default: 'warning' },
  class: { type: 'string' },
  'seq-len': { type: 'string' },
  batch: { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false },
  version: { type: 'boolean', default: false },
} as const satisfies ParseArgsConfig['options'];

type Values = ReturnType<typeof parse>['values'];

function parse(args: string[]) {
  return parseArgs({ args, options: OPTIONS, allowPositionals: true });
}

async function main(args: string[]): Promise<number> {
  const { values, positionals } = parseOrExplain(args);
  const [command, ...rest] = positionals;
  if (values.version) {
    process.stdout.write(`${version}\n`);
    return 0;
  }
  if (values.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  switch (command) {
    case 'check':
      return runCheck(rest, values);
    case 'rules':
      return printRules(values.format);
    case 'explain':
      return explain(rest[0]);
    case 'formats':
      return printFormats();
    case 'flow':
      return runFlow(rest, values);
    case undefined:
      throw new UnknownCommand('no command given');
    default:
      throw new UnknownCommand(`unknown command "${command}"`);
  }
}

function parseOrExplain(args: string[]) {
  try {
    return parse(args);
  } catch (error) {
    throw new UsageError(reason(error));
  }
}

async function runCheck(paths: string[], values: Values): Promise<number> {
  const format = oneOf(values.format, ['text', 'json', 'sarif', 'github'], '--format');
  const failOn = oneOf(values['fail-on'], ['error', 'warning', 'info', 'never'], '--fail-on');
  const selected = ruleSet(values.select, '--select');
  const ignored = ruleSet(values.ignore, '--ignore');
  if (values.remedy !== undefined && !REMEDIES.some(({ id }) => id === values.remedy)) {
    throw new UsageError(
      `--remedy: no remedy is called "${values.remedy}"${alike(
        values.remedy,
        REMEDIES.map(({ id }) => id),
      )}`,
    );
  }
  if (!values.fix && (values['unsafe-fixes'] || values.remedy !== undefined)) {
    process.stderr.write(
      '--unsafe-fixes and --remedy say what --fix applies: without it nothing is changed\n',
    );
  }
  let unreadable = 0;
  const refused = new Set<string>();
  const progress = process.stderr.isTTY === true;
  const judged = new Map<string, string>();
  const checked = await check({
    paths: paths.length === 0 && values.run.length === 0 ? ['.'] : paths,
    evidence: values.run,
    python: once(loadPython),
    onUnreadable: (path, why) => {
      unreadable++;
      refused.add(path);
      process.stderr.write(`${plain(path)}: cannot be read: ${plain(why)}\n`);
    },
    onNote: (text) => process.stderr.write(`${plain(text)}\n`),
    onProgress: (path) => progress && process.stderr.write(`\r\u001b[K${plain(path).slice(-100)}\r`),
    ...(values.fix ? { onSource: (path: string, text: string) => judged.set(path, text) } : {}),
  });
  if (progress) {
    process.stderr.write('\u001b[K');
  }
  for (const path of values.run) {
    if (!refused.has(path) && !(await namesRun(path, checked.report.runs))) {
      unreadable++;
      process.stderr.write(`--run ${plain(path)}: holds no training log\n`);
    }
  }
  const wanted = (report: CheckReport) =>
    filterReport(report, (rule) => (selected.size === 0 || selected.has(rule)) && !ignored.has(rule));
  let report = wanted(checked.report);
  if (values.fix) {
    const { applied, failed } = await fix(report, values, judged);
    unreadable += failed;
    // What is reported is what is left, as linters do.
    report = applied.length === 0 ? report : wanted(await checked.again(applied));
  }
  process.stdout.write(`${render(report, format)}\n`);
  if (unreadable > 0) {
    return 2;
  }
  return failOn !== 'never' && hasFindingAtLeast(report, failOn) ? 1 : 0;
}

/** @returns the files that were written, and how many could not be. */
async function fix(
  report: CheckReport,
  values: Values,
  judged: ReadonlyMap<string, string>,
): Promise<{ applied: readonly string[]; failed: number }> {
  let failed = 0;
  const applied = await applyFixes(report, {
    unsafe: values['unsafe-fixes'],
    remedy: values.remedy ?? null,
    judged,
    onChanged: (path) => process.stderr.write(`${plain(path)}: changed since it was checked; not fixed\n`),
    onFailed: (path, why) => {
      failed++;
      process.stderr.write(`${plain(path)}: cannot be fixed: ${plain(why)}\n`);
    },
  });
  for (const { path, title } of applied) {
    process.stderr.write(`fixed ${plain(path)}: ${plain(title)}\n`);
  }
  if (applied.length === 0 && failed === 0) {
    process.stderr.write('no fix to apply\n');
  }
  return { applied: applied.map(({ path }) => path), failed };
}

function hasFindingAtLeast(report: CheckReport, severity: Severity): boolean {
  return [...allFindings(report)].some(({ finding }) => compareSeverity(finding.severity, severity) >= 0);
}

function render(report: CheckReport, format: 'text' | 'json' | 'sarif' | 'github'): string {
  switch (format) {
    case 'json':
      return formatJson(report);
    case 'sarif':
      return formatSarif(report, RULES, version);
    case 'github':
      return formatGithub(report);
    case 'text':
      return formatText(report);
  }
}

/** Rule names for the codes and names in comma-separated lists. */
function ruleSet(lists: readonly string[], option: string): Set<string> {
  const names = new Set<string>();
  for (const id of lists.flatMap((list) => list.split(',')).map((text) => text.trim())) {
    if (id !== '') {
      const rule = RULES.find(({ code, name }) => code === id.toUpperCase() || name === id);
      if (rule === undefined) {
        const known = RULES.map(({ name }) => name);
        throw new UsageError(`${option}: no rule is called "${id}"${alike(id, known)}`);
      }
      names.add(rule.name);
    }
  }
  return names;
}

function printRules(format: string): number {
  if (oneOf(format, ['text', 'json'], '--format') === 'json') {
    const rules = RULES.map(({ code, name, title, severity, subject, remedies }) => ({
      code,
      name,
      sees: title,
      severity,
      subject,
      remedies,
    }));
    process.stdout.write(`${JSON.stringify({ version: 1, rules }, null, 2)}\n`);
  } else {
    for (const { code, name, severity, title } of RULES) {
      process.stdout.write(`${code}  ${name.padEnd(26)} ${severity.padEnd(8)} ${title}\n`);
    }
  }
  return 0;
}

function explain(id: string | undefined): number {
  if (id === undefined) {
    throw new UsageError('explain needs the code or name of a rule or remedy');
  }
  const rule = RULES.find(({ code, name }) => code === id.toUpperCase() || name === id);
  const remedy = REMEDIES.find((other) => other.id === id);
  if (rule !== undefined) {
    process.stdout.write(rulePage(rule, REMEDIES));
  } else if (remedy !== undefined) {
    process.stdout.write(remedyPage(remedy));
  } else {
    const known = [...RULES.map(({ name }) => name), ...REMEDIES.map((one) => one.id)];
    throw new UsageError(`no rule or remedy is called "${id}"${alike(id, known)}`);
  }
  return 0;
}

function printFormats(): number {
  for (const { id, title } of FORMATS) {
    process.stdout.write(`${id.padEnd(24)} ${title}\n`);
  }
  return 0;
}

function wholeNumber(value: string | undefined, option: string): number | null {
  if (value === undefined) {
    return null;
  }
  const number = Number(value);
  if (!(Number.isInteger(number) && number > 0)) {
    throw new UsageError(`${option} takes a whole number above 0`);
  }
  return number;
}

async function runFlow(paths: readonly string[], values: Values): Promise<number> {
  const [path] = paths;
  if (path === undefined || paths.length > 1) {
    throw new UsageError('flow takes one Python file');
  }
  const sequenceLength = wholeNumber(values['seq-len'], '--seq-len');
  const batchSize = wholeNumber(values.batch, '--batch');
  const format = oneOf(values.format, ['text', 'json'], '--format');
  const className = values.class ?? null;
  try {
    const output = await flowOutput(
      {
        path,
        className,
        sequenceLength,
        batchSize,
        format,
        onNote: (text) => process.stderr.write(`${plain(text)}\n`),
      },
      await loadPython(),
    );
    process.stdout.write(output);
    return 0;
  } catch (error) {
    if (error instanceof NoSuchModel) {
      process.stderr.write(`${plain(path)}: ${plain(error.message)}\n`);
      return 2;
    }
    process.stderr.write(`${plain(path)}: cannot be read: ${plain(reason(error))}\n`);
    return 2;
  }
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

function oneOf<T extends string>(value: string, choices: readonly T[], option: string): T {
  const choice = choices.find((other) => other === value);
  if (choice === undefined) {
    throw new UsageError(`${option} takes ${choices.join(', ')}, not "${value}"`);
  }
  return choice;
}

// A reader that goes away (`| head`) is no error of ours.
process.stdout.on('error', () => process.exit());

main(process.argv.slice(2)).then(
  (status) => {
    process.exitCode = status;
  },
  (error: unknown) => {
    if (error instanceof UsageError) {
      const help =
        error instanceof UnknownCommand ? `\n${USAGE}` : '--help lists the commands and their options.\n';
      process.stderr.write(`${plain(error.message)}\n${help}`);
    } else {
      process.stderr.write(
        `Gradient Inspector failed: ${error instanceof Error ? (error.stack ?? error.message) : error}\n`,
      );
    }
    process.exitCode = 2;
  },
);
