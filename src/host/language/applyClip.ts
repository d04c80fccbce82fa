import { type ViewColumn, window } from 'vscode';
import type { Fix } from '../../core/rules/finding';
import { codeHalf } from '../codeHalf';
import { shortPath, uriOf } from '../paths';
import type { LogSession } from '../sessions/logSession';
import { makeEdits } from './applyFix';
import type { Joins } from './joins';

/** Clips the gradient norm at a chosen bound in the loop that trains; asks which where there are several. */
export async function applyClip(
  session: LogSession,
  bound: number,
  joins: Joins,
  column: ViewColumn,
): Promise<void> {
  const sources = await joins.search().sourcesFor(session.uri);
  const linked = new Set(session.links.map(({ source }) => source));
  const target = { parameters: [], line: null, bound };
  const fixesIn = (files: typeof sources) =>
    files.flatMap(({ analysis }) => codeHalf().clipGradNorm.fixes?.(analysis.facts, target) ?? []);
  const inLinked = fixesIn(sources.filter(({ analysis }) => linked.has(analysis.facts.path)));
  // The model may be in a file of its own: then the loop, or the trainer's settings, are in another one.
  const fixes = inLinked.length > 0 ? inLinked : fixesIn(sources);
  const [only, ...others] = fixes;
  if (only === undefined) {
    throw new Error(
      'No training loop was found near this log where the clip could go. Copy the call and put it between backward() and step().',
    );
  }
  const fix = others.length === 0 ? only : await choose(fixes);
  if (fix !== undefined) {
    await makeEdits(fix, column);
  }
}

async function choose(fixes: readonly Fix[]): Promise<Fix | undefined> {
  const items = fixes.map((fix) => ({
    label: fix.title,
    description: `${shortPath(uriOf(fix.path))}:${fix.edits[0]?.line ?? 1}`,
    fix,
  }));
  const picked = await window.showQuickPick(items, { placeHolder: 'Which training loop wrote this log?' });
  return picked?.fix;
}
