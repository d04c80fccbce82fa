import type { PythonFacts } from '../../python/facts';
import type { CallExpr } from '../../python/syntax/ast';
import type { Fix } from '../../rules/finding';
import type { TextEdit, TextRange } from '../../text';
import { callsOf } from './calls';
import { isNormLayer, type ModelView } from './model';
import { spell } from './names';
import { appendTo, fixOf } from './place';

/** Post-norm transformer layers become pre-norm, and the encoder gains the last norm that pre-norm needs. */
export function preNormEncoder(facts: PythonFacts, model: ModelView): readonly Fix[] {
  const edits: (TextEdit | null)[] = [];
  for (const call of encoderLayerCalls(facts, model)) {
    edits.push(appendTo(call.last, ', norm_first=True'));
    edits.push(...call.finalNorm);
  }
  return edits.length === 0
    ? []
    : fixOf(
        facts,
        'layer-norm',
        'Normalise before each transformer block (norm_first=True)',
        'unsafe',
        edits,
      );
}

interface EncoderCall {
  /** Range of the call's last argument. */
  readonly last: TextRange;
  readonly finalNorm: readonly (TextEdit | null)[];
}

function encoderLayerCalls(facts: PythonFacts, model: ModelView): readonly EncoderCall[] {
  const layerNorm = spell(facts, 'torch.nn.LayerNorm');
  const stacks = callsOf(facts, /^torch\.nn\.Transformer(?:En|De)coder$/);
  return callsOf(facts, /^torch\.nn\.Transformer(?:En|De)coderLayer$/).flatMap((call) => {
    const width = argumentText(facts, call, 'd_model', 0);
    const last = call.args[call.args.length - 1];
    const decided = call.args.some((arg) => arg.name === 'norm_first' || arg.star === 2);
    if (width === null || last === undefined || decided || layerNorm === null) {
      return [];
    }
    const [stack, another] = stacks;
    const end = stack?.args[stack.args.length - 1];
    const bare =
      stack !== undefined &&
      another === undefined &&
      argumentText(facts, stack, 'norm', 2) === null &&
      !model.modules.some((entry) => isNormLayer(entry.type));
    const finalNorm =
      bare && end !== undefined
        ? [...layerNorm.edits, appendTo(facts.rangeOf(end), `, norm=${layerNorm.name}(${width})`)]
        : [];
    return [{ last: facts.rangeOf(last), finalNorm }];
  });
}

function argumentText(facts: PythonFacts, call: CallExpr, name: string, position: number): string | null {
  const positional = call.args.filter((arg) => arg.name === null && arg.star === 0);
  const arg = call.args.find((one) => one.name === name) ?? positional[position];
  return arg === undefined ? null : facts.textOf(facts.rangeOf(arg.value));
}
