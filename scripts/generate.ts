/**
 * Writes what the registries say into the files that show it: media/rules, media/remedies, and the tables between
 * the markers of the README. `npm run generate` writes; the tidy suite fails when a file differs.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { FORMATS } from '../src/core/logs/registry';
import { REMEDIES } from '../src/core/remedies/registry';
import { remedyPage, rulePage, rulePageName, rulesTable } from '../src/core/report/pages';
import { RULES } from '../src/core/rules/registry';

const PAGE_FOLDERS = ['media/rules', 'media/remedies'];

/** Every generated file, by its path from the root. */
export function generatedFiles(root: string): Map<string, string> {
  const files = new Map<string, string>();
  for (const rule of RULES) {
    files.set(`media/rules/${rulePageName(rule)}`, rulePage(rule, REMEDIES));
  }
  for (const remedy of REMEDIES) {
    files.set(`media/remedies/${remedy.id}.md`, remedyPage(remedy));
  }
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  files.set('README.md', withTables(readme));
  return files;
}

/** Pages on disk that no registry names any more. */
export function orphanPages(root: string, wanted: ReadonlyMap<string, string>): string[] {
  return PAGE_FOLDERS.flatMap((folder) => {
    mkdirSync(join(root, folder), { recursive: true });
    return readdirSync(join(root, folder)).map((name) => `${folder}/${name}`);
  }).filter((path) => !wanted.has(path));
}

function withTables(readme: string): string {
  const formats = FORMATS.map(({ id, title, reference }) => `| ${id} | [${title}](${reference}) |`);
  const tables: Readonly<Record<string, string>> = {
    rules: rulesTable(RULES),
    formats: ['| format | written by |', '| --- | --- |', ...formats].join('\n'),
  };
  return readme.replace(
    /(<!-- generated: (\w+) -->\n)[\s\S]*?(<!-- end -->)/g,
    (whole, start: string, name: string, end: string) => {
      const table = tables[name];
      return table === undefined ? whole : `${start}\n${table}\n\n${end}`;
    },
  );
}

function main(root: string): void {
  const files = generatedFiles(root);
  for (const [path, text] of files) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  for (const path of orphanPages(root, files)) {
    rmSync(join(root, path));
  }
  process.stdout.write(`${files.size} files written\n`);
}

if (process.argv[1]?.endsWith('generate.ts') === true) {
  main(process.cwd());
}
