import { withFindingsAcross } from '../../../src/core/rules/python/acrossFiles';
import { pythonAnalyzer } from '../../unit/python/analyzer';
import type { Base } from './bases';
import type { Operator } from './program';

/** How often a defect is found at its line by the code alone, in every program it can be put into; none is run. */
export interface FoundByCode {
  readonly operator: Operator;
  readonly programs: number;
  readonly found: number;
}

/** @param near lines that a finding may stand away from the defect */
export async function foundByCode(
  operators: readonly Operator[],
  bases: readonly Base[],
  near: number,
): Promise<readonly FoundByCode[]> {
  const analyzer = await pythonAnalyzer();
  return operators.map((operator) => {
    let programs = 0;
    let found = 0;
    for (const { files } of bases) {
      const mutant = operator.apply((files.get('train.py') ?? '').split('\n'));
      if (mutant === null) {
        continue;
      }
      programs++;
      const edited = new Map([...files, ['train.py', mutant.text] as const]);
      const sources = [...edited].flatMap(([name, text]) => analyzer.analyze(name, text) ?? []);
      const isFound = withFindingsAcross(sources).some(
        ({ facts, findings }) =>
          facts.path === 'train.py' &&
          findings.some(({ range }) => mutant.lines.some((line) => Math.abs(line - range.line) <= near)),
      );
      found += isFound ? 1 : 0;
    }
    return { operator, programs, found };
  });
}
