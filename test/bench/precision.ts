/**
 * Counts what every Python rule says about well-kept code (all Python files of Debian's python3-torch and
 * python3-torchvision), with the
 * reason why each hit is right or wrong.
 *
 *     node --import tsx test/bench/precision.ts [--write] [FOLDER ...]
 *
 * Prints Markdown; with --write it replaces test/bench/precision.md.
 */
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Finding } from '../../src/core/rules/finding';
import { PYTHON_RULES } from '../../src/core/rules/python';
import { pythonAnalyzer } from '../unit/python/analyzer';

const DEFAULT_FOLDERS = [
  '/usr/lib/python3/dist-packages/torch',
  '/usr/lib/python3/dist-packages/torchgen',
  '/usr/lib/python3/dist-packages/functorch',
  '/usr/lib/python3/dist-packages/torchvision',
];

function pythonFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      return pythonFiles(path);
    }
    return entry.isFile() && entry.name.endsWith('.py') ? [path] : [];
  });
}

/** Why a hit is right or wrong, by the end of its path and its rule. */
const TRIAGE: Readonly<Record<string, string>> = {
  'utils.py unguarded-divisor':
    'right by its words, harmless: a measure of error relative to an activation that is not zero',
  'common_quantization.py vanilla-rnn':
    'right by its words, harmless: a test model that is never trained over time',
};

interface Hit {
  readonly path: string;
  readonly finding: Finding;
}

interface Survey {
  readonly files: number;
  readonly lines: number;
  readonly read: number;
  readonly modules: number;
  readonly loops: number;
  readonly seconds: number;
  readonly hits: readonly Hit[];
}

async function survey(folders: readonly string[]): Promise<Survey> {
  const analyzer = await pythonAnalyzer();
  const hits: Hit[] = [];
  const count = { files: 0, lines: 0, read: 0, modules: 0, loops: 0 };
  const started = performance.now();
  for (const path of folders.flatMap((folder) => pythonFiles(folder))) {
    const text = readFileSync(path, 'utf8');
    const analysis = analyzer.analyze(path, text);
    count.files++;
    count.lines += text.split('\n').length;
    if (analysis !== null) {
      count.read++;
      count.modules += analysis.facts.modules.length;
      count.loops += analysis.facts.loops.length;
      hits.push(...analysis.findings.map((finding) => ({ path, finding })));
    }
  }
  return { ...count, hits, seconds: (performance.now() - started) / 1000 };
}

function report({ files, lines, read, modules, loops, hits }: Survey): string {
  const out = [
    '# What the Python rules say about well-kept code',
    '',
    'Regenerate with `node --import tsx test/bench/precision.ts --write`.',
    '',
    `${files} files, ${lines} lines; ${read} files import a framework, ${modules} modules and ${loops} training loops were found in them.`,
    '',
    '| Rule | error | warning | hint |',
    '| --- | ---: | ---: | ---: |',
  ];
  for (const { meta } of PYTHON_RULES) {
    const own = hits
      .filter(({ finding }) => finding.rule === meta.name)
      .map(({ finding }) => finding.severity);
    const of = (...severities: string[]): number => own.filter((one) => severities.includes(one)).length;
    out.push(`| ${meta.name} | ${of('error')} | ${of('warning')} | ${of('hint', 'info')} |`);
  }
  out.push('', '| Hit | Rule | Severity | Verdict |', '| --- | --- | --- | --- |');
  for (const { path, finding } of hits) {
    const { severity, rule, range } = finding;
    const name = path.slice(path.lastIndexOf('/') + 1);
    const place = path.slice(path.indexOf('dist-packages/') + 'dist-packages/'.length);
    out.push(
      `| ${place}:${range.line} | ${rule} | ${severity} | ${TRIAGE[`${name} ${rule}`] ?? 'not triaged'} |`,
    );
  }
  return `${out.join('\n')}\n`;
}

async function main(): Promise<void> {
  const given = process.argv.slice(2).filter((arg) => !arg.startsWith('--'));
  const folders = (given.length > 0 ? given : DEFAULT_FOLDERS).filter((folder) => {
    const there = statSync(folder, { throwIfNoEntry: false })?.isDirectory() ?? false;
    if (!there) {
      console.error(`${folder}: not there`);
    }
    return there;
  });
  const result = await survey(folders);
  const text = report(result);
  console.log(text);
  console.error(`${result.seconds.toFixed(1)} s`);
  if (process.argv.includes('--write')) {
    writeFileSync(join(__dirname, 'precision.md'), text);
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
