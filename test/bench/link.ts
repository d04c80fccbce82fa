/**
 * Compares the line that we name for each parameter with the line where torchvision really registers it.
 *
 *     node --import tsx test/bench/link.ts [--write] [--wrong]
 *
 * The truth comes from test/bench/link_oracle.py, run with PYTHON (default /usr/bin/python3: Debian's python3-torchvision).
 * Prints Markdown; with --write it replaces test/bench/link.md. --wrong lists lines that differ.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { linkedTrees } from '../../src/core/link/codeTrees';
import { linkParameters } from '../../src/core/link/linkParameters';
import type { PythonAnalysis } from '../../src/core/python/analyze';
import { pythonAnalyzer } from '../unit/python/analyzer';

interface Truth {
  readonly root: string;
  /** By builder: parameter → `file:line`. */
  readonly models: Readonly<Record<string, Readonly<Record<string, string | null>>>>;
}

interface Tally {
  parameters: number;
  exact: number;
  likely: number;
  /** Of the likely ones, those whose line is right. */
  likelyRight: number;
  wrong: number;
  unresolved: number;
}

function pythonFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory()
      ? pythonFiles(path)
      : entry.isFile() && entry.name.endsWith('.py')
        ? [path]
        : [];
  });
}

async function analyses(root: string): Promise<PythonAnalysis[]> {
  const analyzer = await pythonAnalyzer();
  return [...pythonFiles(join(root, 'models')), ...pythonFiles(join(root, 'ops'))].flatMap((path) => {
    const analysis = analyzer.analyze(path, readFileSync(path, 'utf8'));
    return analysis === null ? [] : [analysis];
  });
}

const empty = (): Tally => ({
  parameters: 0,
  exact: 0,
  likely: 0,
  likelyRight: 0,
  wrong: 0,
  unresolved: 0,
});

const percent = (part: number, whole: number) => `${((100 * part) / whole).toFixed(1)} %`;

async function main(): Promise<void> {
  const args = process.argv.slice(2);
  const oracle = join(__dirname, 'link_oracle.py');
  const truth: Truth = JSON.parse(
    execFileSync(process.env.PYTHON ?? '/usr/bin/python3', [oracle], {
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
      stdio: ['ignore', 'pipe', 'ignore'],
    }),
  );
  const sources = await analyses(truth.root);
  const started = performance.now();
  const built = linkedTrees(sources).length;
  const seconds = (performance.now() - started) / 1000;
  const families = new Map<string, Tally>();
  const differing = new Map<string, number>();
  for (const [model, lines] of Object.entries(truth.models)) {
    const family = /^[a-z]+(?:_v\d)?/.exec(model)?.[0] ?? model;
    const tally = families.get(family) ?? empty();
    families.set(family, tally);
    const links = linkParameters(join(truth.root, 'run.log'), Object.keys(lines), sources);
    for (const [parameter, place] of Object.entries(lines)) {
      tally.parameters++;
      const link = links.get(parameter);
      if (link === undefined) {
        tally.unresolved++;
        note(differing, `${model}: unresolved (${place})`);
        continue;
      }
      const found = `${relative(truth.root, link.entry.file)}:${link.entry.range.line}`;
      const right = found === place;
      if (!link.exact) {
        tally.likely++;
        tally.likelyRight += right ? 1 : 0;
        note(differing, `${model}: likely ${found}${right ? '' : `, is ${place}`}`);
      } else if (right) {
        tally.exact++;
      } else {
        tally.wrong++;
        note(differing, `${model}: WRONG ${parameter} ${found}, is ${place}`);
      }
    }
  }
  if (args.includes('--wrong')) {
    for (const [text, count] of [...differing].sort((a, b) => b[1] - a[1])) {
      console.log(`${count}\t${text}`);
    }
    console.log(`${sources.length} files, ${built} models in ${seconds.toFixed(2)} s`);
  }
  const markdown = report(families, sources.length);
  console.log(markdown);
  if (args.includes('--write')) {
    writeFileSync(join(__dirname, 'link.md'), markdown);
  }
}

function note(map: Map<string, number>, text: string): void {
  map.set(text, (map.get(text) ?? 0) + 1);
}

function report(families: ReadonlyMap<string, Tally>, files: number): string {
  const total = empty();
  for (const tally of families.values()) {
    for (const key of Object.keys(total) as (keyof Tally)[]) {
      total[key] += tally[key];
    }
  }
  const row = (name: string, one: Tally) =>
    `| ${name} | ${one.parameters} | ${percent(one.exact, one.parameters)} | ${percent(one.likely, one.parameters)} | ${one.likelyRight} | ${one.wrong} | ${one.unresolved} |`;
  return `${[
    '# From parameter names to lines, against the lines where torchvision registers them',
    '',
    'Regenerate with `node --import tsx test/bench/link.ts --write` (needs a Python with torchvision: Debian’s `python3-torchvision`).',
    '',
    'The truth is recorded while the models are built: `nn.Module` is patched to remember the place of every registration and construction.',
    `Given are the names alone and the ${files} files of torchvision’s \`models\` and \`ops\` that import torch, not which builder ran.`,
    'exact: the very line, and said to be. likely: said to be a guess (in brackets how many are right all the same). wrong: said to be exact, but another line.',
    '',
    '| Models | parameters | exact | likely | (right) | wrong | unresolved |',
    '| --- | ---: | ---: | ---: | ---: | ---: | ---: |',
    ...[...families].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, tally]) => row(name, tally)),
    row('**all**', total),
  ].join('\n')}\n`;
}

void main();
