/**
 * Counts what every Python rule says about well-kept code: run it on installed packages, read each hit, and write down
 * why it is right or wrong.
 *
 *     node --import tsx test/bench/precision.ts [FOLDER ...]
 *
 * Prints a Markdown table of hits for each rule and severity, then one line for each warning or error.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Finding } from '../../src/core/rules/finding';
import { PYTHON_RULES } from '../../src/core/rules/python';
import { pythonAnalyzer } from '../unit/python/analyzer';

const DEFAULT_FOLDERS = ['/usr/lib/python3/dist-packages/torch', '/usr/lib/python3/dist-packages/torchvision'];

function pythonFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      return pythonFiles(path);
    }
    return entry.isFile() && entry.name.endsWith('.py') ? [path] : [];
  });
}

async function main(): Promise<void> {
  const given = process.argv.slice(2);
  const folders = (given.length > 0 ? given : DEFAULT_FOLDERS).filter((folder) => {
    const there = statSync(folder, { throwIfNoEntry: false })?.isDirectory() ?? false;
    if (!there) {
      console.error(`${folder}: not there`);
    }
    return there;
  });
  const analyzer = await pythonAnalyzer();
  const hits: { path: string; finding: Finding }[] = [];
  const count = { files: 0, read: 0, lines: 0, modules: 0, loops: 0, slowest: 0, slowestPath: '' };
  const started = performance.now();
  for (const path of folders.flatMap((folder) => pythonFiles(folder))) {
    const text = readFileSync(path, 'utf8');
    const before = performance.now();
    const analysis = analyzer.analyze(path, text);
    const took = performance.now() - before;
    count.files++;
    count.lines += text.split('\n').length;
    if (took > count.slowest) {
      count.slowest = took;
      count.slowestPath = path;
    }
    if (analysis === null) {
      continue;
    }
    count.read++;
    count.modules += analysis.facts.modules.length;
    count.loops += analysis.facts.loops.length;
    hits.push(...analysis.findings.map((finding) => ({ path, finding })));
  }
  const seconds = (performance.now() - started) / 1000;
  console.log(
    `${count.files} files, ${count.lines} lines, ${count.read} with a framework, ${count.modules} modules and ${count.loops} training loops found, in ${seconds.toFixed(1)} s; slowest ${count.slowest.toFixed(0)} ms (${count.slowestPath})\n`,
  );
  console.log('| Rule | error | warning | info | hint |\n| --- | ---: | ---: | ---: | ---: |');
  for (const { meta } of PYTHON_RULES) {
    const own = hits.filter(({ finding }) => finding.rule === meta.name).map(({ finding }) => finding.severity);
    const of = (severity: string): number => own.filter((one) => one === severity).length;
    console.log(`| ${meta.name} | ${of('error')} | ${of('warning')} | ${of('info')} | ${of('hint')} |`);
  }
  console.log('');
  for (const { path, finding } of hits) {
    const { severity, rule, range, message } = finding;
    if (severity === 'error' || severity === 'warning' || process.env.ALL === '1') {
      console.log(`- ${path}:${range.line} ${rule} (${severity}): ${message}`);
    }
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
