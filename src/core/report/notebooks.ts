import type { Link } from '../link/join';
import type { ModuleEntry } from '../python/facts';
import type { CellLine, NotebookCode } from '../python/notebook/code';
import type { Finding, Fix, RelatedPlace } from '../rules/finding';
import type { CheckReport, SourceReport } from './checkReport';

/** A notebook's code is analysed under a path of its own: the same file may be the log that it printed. */
export function codePath(path: string): string {
  return `${path}#code`;
}

/** Notebooks by their code's path. */
export type Notebooks = ReadonlyMap<string, { readonly path: string; readonly code: NotebookCode }>;

/** Brings every place in the code of notebooks back into their files. What spans cells has no place there and is left out. */
export function inNotebookFiles(report: CheckReport, notebooks: Notebooks): CheckReport {
  if (notebooks.size === 0) {
    return report;
  }
  return {
    runs: report.runs.map((run) => ({
      ...run,
      findings: run.findings.map((finding) => ({ ...finding, ...partsOf(finding, notebooks) })),
    })),
    sources: report.sources.map((source) => sourceInFile(source, notebooks)),
    links: report.links.flatMap((link) => linkInFile(link, notebooks)),
  };
}

/** "cell 3, line 7": the place as a person finds it, who does not see the file's lines. */
export function cellText({ cell, line }: CellLine): string {
  return `cell ${cell}, line ${line}`;
}

function cellAt(line: number | undefined, code: NotebookCode | undefined): { cell?: CellLine } {
  const cell = line === undefined ? null : (code?.cellOf(line) ?? null);
  return cell === null ? {} : { cell };
}

function sourceInFile(source: SourceReport, notebooks: Notebooks): SourceReport {
  const notebook = notebooks.get(source.path);
  if (notebook === undefined) {
    const findings = source.findings.map((finding) => ({ ...finding, ...partsOf(finding, notebooks) }));
    return { ...source, findings };
  }
  const { path, code } = notebook;
  return {
    path,
    findings: source.findings.flatMap((finding) => {
      const range = code.rangeInFile(finding.range);
      const message = finding.message.replace(/\bline (\d+)/g, (said, line) => {
        const there = code.cellOf(Number(line));
        return there === null ? said : cellText(there);
      });
      const cell = cellAt(finding.range.line, code);
      return range === null ? [] : [{ ...finding, message, range, ...cell, ...partsOf(finding, notebooks) }];
    }),
    modules: source.modules.flatMap((entry): ModuleEntry[] => {
      const range = code.rangeInFile(entry.range);
      return range === null ? [] : [{ ...entry, range, file: path }];
    }),
  };
}

/** The places that a finding names beside its own. */
function partsOf({ related, fixes }: Finding, notebooks: Notebooks): Pick<Finding, 'related' | 'fixes'> {
  return {
    related: related.flatMap((place): RelatedPlace[] => {
      const notebook = notebooks.get(place.path);
      const range = notebook === undefined ? place.range : notebook.code.rangeInFile(place.range);
      const cell = cellAt(place.range.line, notebook?.code);
      return range === null ? [] : [{ ...place, range, ...cell, path: notebook?.path ?? place.path }];
    }),
    fixes: fixes.flatMap((fix) => fixInFile(fix, notebooks)),
  };
}

function fixInFile(fix: Fix, notebooks: Notebooks): readonly Fix[] {
  const notebook = notebooks.get(fix.path);
  if (notebook === undefined) {
    return [fix];
  }
  const edits = fix.edits.flatMap((edit) => notebook.code.editInFile(edit) ?? []);
  const cell = cellAt(fix.edits[0]?.line, notebook.code);
  return edits.length < fix.edits.length ? [] : [{ ...fix, path: notebook.path, edits, ...cell }];
}

function linkInFile(link: Link, notebooks: Notebooks): readonly Link[] {
  const notebook = notebooks.get(link.source);
  if (notebook === undefined) {
    return [link];
  }
  const at = { line: link.line, column: 1, endLine: link.line, endColumn: 1 };
  const line = notebook.code.rangeInFile(at)?.line;
  return line === undefined ? [] : [{ ...link, source: notebook.path, line }];
}
