import type { ClassFact, ForwardFacts, ForwardStep, PythonFacts, StatementFact } from '../../python/facts';
import type { Fix } from '../../rules/finding';
import type { TextEdit, TextRange } from '../../text';
import { featuresIn, isShortcut, isWeightLayer, type ModelView } from './model';
import type { Spelling } from './names';
import { normCall } from './normCall';
import { fixOf, insertAfter, replace } from './place';

/** `x = x + f(x)` becomes `x = x + f(norm(x))` with a norm for each branch. */
export function normaliseBranches(facts: PythonFacts, model: ModelView): readonly Fix[] {
  for (const { owner, flow } of model.flows) {
    const init = owner?.init ?? null;
    // One sum of a statement adds the shortcut; the others are within the branch.
    const adds = flow.steps.filter(
      (step, at, steps) =>
        isShortcut(flow, step) &&
        step.statement !== null &&
        steps.findIndex((one) => one.statement === step.statement && isShortcut(flow, one)) === at,
    );
    if (adds.length === 0 || owner === null || init?.lastStatement == null) {
      continue;
    }
    const edits: (TextEdit | null)[] = [];
    const lines: string[] = [];
    adds.forEach((add, at) => {
      const input = add.statement === null ? null : branchInput(facts, add.statement, flow);
      const made = input === null ? null : branchNorm(facts, owner, input.layer);
      const name = `self.norm${adds.length === 1 ? '' : at + 1}`;
      if (input === null || made === null || new RegExp(`\\b${name}\\b`).test(facts.text)) {
        edits.push(null);
        return;
      }
      lines.push(`${name} = ${made.call}`);
      edits.push(...made.spelled.edits, replace(input.range, `${name}(${input.text})`));
    });
    return fixOf(facts, 'layer-norm', 'Normalise the input of each residual branch', 'unsafe', [
      insertAfter(facts, init.lastStatement, lines),
      ...edits,
    ]);
  }
  return [];
}

/** A norm of the size that goes into a branch: its first layer's, or that of any linear layer of the class. */
function branchNorm(
  facts: PythonFacts,
  owner: ClassFact,
  layer: ForwardStep,
): { readonly call: string; readonly spelled: Spelling } | null {
  const own = owner.modules.filter((entry) => entry.owner === owner.name && isWeightLayer(entry.type));
  const first = own.find((entry) => entry.path === layer.path);
  const sized = first === undefined ? own.filter((entry) => entry.type === 'nn.Linear') : [first];
  for (const entry of sized) {
    const size = featuresIn(entry)?.text;
    if (
      size !== undefined &&
      (/^[\d_]+$/.test(size) || owner.init?.params.some((param) => param.name === size))
    ) {
      return normCall(facts, entry, 'layer-norm', size);
    }
  }
  return null;
}

/** The argument of a branch's first layer in `x = x + f(g(x))` or `return x + f(g(x))`: where the normalised value goes in. */
function branchInput(
  facts: PythonFacts,
  statement: StatementFact,
  flow: ForwardFacts,
): { readonly range: TextRange; readonly text: string; readonly layer: ForwardStep } | null {
  const sum = /^(?:return|\w+[ \t]*=)[ \t]*(\w+)[ \t]*\+[ \t]*(\w+)?/.exec(facts.textOf(statement.range));
  const variable = sum?.[1];
  if (variable === undefined) {
    return null;
  }
  const taking = flow.steps.filter((step) => step.op === 'module' && step.argument?.trim() === variable);
  const here = taking.filter((step) => step.range.line === statement.range.line);
  // `x + f(a(x) + b(m))`: what else goes in stays as large as it was.
  const others = flow.steps.some(
    (step) =>
      here.length > 0 &&
      step.op === 'module' &&
      step.range.line === statement.range.line &&
      /^\s*[A-Za-z_]\w*\s*$/.test(step.argument ?? '') &&
      step.argument?.trim() !== variable,
  );
  if (others) {
    return null;
  }
  const [layer, another] = here.length > 0 ? here : taking;
  const call = layer === undefined ? '' : facts.textOf(layer.range);
  const at = call.indexOf(`(${variable}`);
  if (layer === undefined || another !== undefined || at < 0 || call.includes('\n')) {
    return null;
  }
  const column = layer.range.column + at + 1;
  const { line } = layer.range;
  return {
    range: { line, column, endLine: line, endColumn: column + variable.length },
    text: variable,
    layer,
  };
}
