import { replace } from '../../python/edits';
import type { PythonFacts } from '../../python/facts';
import type { KerasOutput } from '../../python/keras';
import { addArgument } from '../../remedies/edits/clip/settings';
import { dropArgument } from '../../remedies/edits/dropArgument';
import type { TextEdit, TextRange } from '../../text';
import type { Fix } from '../finding';
import { unsafeFix } from './support';

/**
 * What makes the last layer of a Keras model and its loss fit, best first.
 * @param wanted the activation that would fit; null where the loss is the wrong one
 */
export function outputFixes(facts: PythonFacts, output: KerasOutput, wanted: string | null): Fix[] {
  const options =
    output.fromLogits && wanted === null
      ? [toldProbabilities(output), withoutActivation(facts, output)]
      : output.activation === 'linear' && wanted !== null
        ? linearOptions(facts, output, wanted)
        : [otherActivation(facts, output, wanted)];
  return options
    .filter((one) => one !== null)
    .map(({ title, edits }, at) => unsafeFix(facts, 'logits-loss', title, edits, at === 0));
}

interface Option {
  readonly title: string;
  readonly edits: readonly TextEdit[];
}

/** A loss of logits is exact where a probability would round to 0 or 1. But the accuracy of two classes is counted from probabilities. */
function linearOptions(facts: PythonFacts, output: KerasOutput, wanted: string): readonly (Option | null)[] {
  const options = [toldLogits(facts, output), addedActivation(facts, output, wanted)];
  return wanted === 'sigmoid' ? options.reverse() : options;
}

function toldProbabilities({ fromLogitsRange }: KerasOutput): Option | null {
  return fromLogitsRange === null
    ? null
    : {
        title: 'Tell the loss that it gets probabilities',
        edits: [replace(fromLogitsRange, 'from_logits=False')],
      };
}

function withoutActivation(facts: PythonFacts, { activation, activated }: KerasOutput): Option | null {
  return activated === null
    ? null
    : {
        title: `Give the loss logits: no ${activation} in the last layer`,
        edits: [dropArgument(facts, activated.layer, activated.arg)],
      };
}

function toldLogits(facts: PythonFacts, output: KerasOutput): Option | null {
  const { made, loss, lossRange } = output;
  const title = 'Tell the loss that it gets logits';
  if (made !== null) {
    const given = made.args.find(({ name }) => name === 'from_logits');
    const edits =
      given === undefined
        ? addArgument(facts, made, 'from_logits=True')
        : [replace(facts.rangeOf(given.value), 'True')];
    return edits.length === 0 ? null : { title, edits };
  }
  const name = `losses.${loss.replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase())}`;
  const tensorflow = facts.spell('tensorflow');
  const spelled =
    facts.spell(`keras.${name}`) ?? (tensorflow === null ? null : `${tensorflow}.keras.${name}`);
  return spelled === null || !/^["']/.test(facts.textOf(lossRange))
    ? null
    : { title, edits: [replace(lossRange, `${spelled}(from_logits=True)`)] };
}

function otherActivation(
  facts: PythonFacts,
  { activationRange }: KerasOutput,
  wanted: string | null,
): Option | null {
  if (wanted === null || activationRange === null) {
    return null;
  }
  const quote = facts.textOf(activationRange).startsWith("'") ? "'" : '"';
  return {
    title: `Use ${wanted} in the last layer`,
    edits: [replace(activationRange, quote + wanted + quote)],
  };
}

/** `Dense(10)` becomes `Dense(10, activation="softmax")`. */
function addedActivation(
  facts: PythonFacts,
  {
    range: layer,
    activationRange,
  }: { readonly range: TextRange; readonly activationRange: TextRange | null },
  wanted: string,
): Option | null {
  const title = `Use ${wanted} in the last layer`;
  if (activationRange !== null) {
    return { title, edits: [replace(activationRange, `"${wanted}"`)] };
  }
  const text = facts.textOf(layer);
  const called = /^([\s\S]*\S)(\s*)\)$/.exec(text);
  const head = called?.[1];
  // A comment may stand where the argument would go.
  if (head === undefined || /activation|#/.test(text)) {
    return null;
  }
  const argument = `${head.endsWith('(') ? '' : head.endsWith(',') ? ' ' : ', '}activation="${wanted}"`;
  return { title, edits: [replace(layer, `${head}${argument}${called?.[2] ?? ''})`)] };
}
