import type { PythonAnalysis } from '../../python/analyze';
import { classOutput } from '../../python/classOutput';
import { activationInto, lossUses, modelBehind } from '../../python/outputs';
import { Program } from '../../python/program';
import type { Finding } from '../finding';
import { sigmoidIntoBceLogitsAt } from './sigmoid-into-bce-logits';
import { softmaxIntoCrossEntropyAt } from './softmax-into-cross-entropy';
import { softmaxIntoNllAt } from './softmax-into-nll';

/** By the files read together: every log of a folder is joined with the same ones. */
const known = new WeakMap<readonly PythonAnalysis[], readonly PythonAnalysis[]>();

/**
 * Files with what only shows when they are read together: a loss in one, and in another the model whose output it is
 * given. A file that gains no finding is handed back as it is.
 */
export function withFindingsAcross(sources: readonly PythonAnalysis[]): readonly PythonAnalysis[] {
  if (sources.length < 2) {
    return sources;
  }
  const before = known.get(sources);
  if (before !== undefined) {
    return before;
  }
  const program = new Program(sources.map(({ facts }) => facts.source));
  const together = sources.map((source) => {
    const found = acrossFrom(source, sources, program).filter(
      (one) => !source.findings.some(({ rule, range }) => rule === one.rule && range.line === one.range.line),
    );
    return found.length === 0 ? source : { ...source, findings: [...source.findings, ...found] };
  });
  known.set(sources, together);
  return together;
}

function acrossFrom(
  { facts }: PythonAnalysis,
  sources: readonly PythonAnalysis[],
  program: Program,
): readonly Finding[] {
  return lossUses(facts).flatMap((use) => {
    const made = activationInto(facts, use) === null ? modelBehind(facts, use) : null;
    const origin = made === null ? null : facts.nameOf(made.func);
    const scope = origin === null ? null : (program.definition(origin, facts.source)?.scope ?? null);
    const owner = sources.find((one) => one.facts.source === scope?.source);
    const model = owner?.facts.classes.find(
      (one) => scope?.node?.kind === 'class' && one.name === scope.node.name,
    );
    const found = model === undefined ? null : classOutput(model, facts.rangeOf(use.input));
    return owner === undefined || found === null
      ? []
      : [
          ...softmaxIntoCrossEntropyAt(use, owner.facts, found),
          ...softmaxIntoNllAt(use, owner.facts, found),
          ...sigmoidIntoBceLogitsAt(use, owner.facts, found),
        ];
  });
}
