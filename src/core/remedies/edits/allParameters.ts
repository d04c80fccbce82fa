import type { ModelFact, OptimizerFact, PythonFacts } from '../../python/facts';
import { isRecurrent, isWeightLayer } from '../../python/layers';
import type { Fix } from '../../rules/finding';
import { fixOf, replace } from './place';

/** An optimizer that is given the parameters of one part of a model, in a program that trains no other part of it. */
export interface PartlyTrained {
  readonly optimizer: OptimizerFact;
  /** The model, and its part, as written: `model`, `model.head`. */
  readonly model: string;
  readonly part: string;
  /** Parts with weights that no optimizer is given, by their names in the model. */
  readonly missed: readonly string[];
}

/** Weights from elsewhere, or frozen ones, are left alone on purpose. */
const ON_PURPOSE =
  /from_pretrained|load_state_dict|pretrained|torch\.load\(|weights\s{0,4}=\s{0,4}["'A-Z]|requires_grad|add_param_group|\bno_grad\(\):\s{0,40}\w+\s{0,4}=\s{0,4}self\.|frozen|freez|finetun|fine.tun|\bprob(?:e|ing)\b|reservoir|random.feature/i;

/** Optimizers over a part of a model whose other layers nothing trains. */
export function partlyTrained(facts: PythonFacts): readonly PartlyTrained[] {
  if (facts.source.mentions(ON_PURPOSE)) {
    return [];
  }
  return facts.optimizers.flatMap((optimizer) => {
    const owner = optimizer.model ?? '';
    const at = owner.lastIndexOf('.');
    const name = owner.slice(0, at);
    const models = at < 0 || name === 'self' ? [] : facts.models.filter((one) => one.name === name);
    const [model, another] = models;
    if (model === undefined || another !== undefined || !/^torch\.optim\./.test(optimizer.type)) {
      return [];
    }
    const part = owner.slice(at + 1);
    const missed = partsOf(model).filter((one) => one !== part && !isGiven(facts, name, one));
    return missed.length === 0 || !partsOf(model).includes(part)
      ? []
      : [{ optimizer, model: name, part: owner, missed }];
  });
}

/** Attributes of a model that hold weights, in order. */
function partsOf({ instances }: ModelFact): readonly string[] {
  const holders = instances.filter(({ entry }) => {
    const type = entry.base ?? entry.type;
    return isWeightLayer(type) || isRecurrent(type) || /^nn\.(?:Embedding|Transformer|Multihead)/.test(type);
  });
  return [...new Set(holders.map(({ path }) => path.split('.')[0] ?? path))];
}

/** Is some optimizer given a part, or may it be: the model as a whole, or the part by name? */
function isGiven(facts: PythonFacts, model: string, part: string): boolean {
  return facts.optimizers.some((optimizer) => {
    const names = [optimizer.model ?? '', optimizer.params ?? '', ...optimizer.members];
    return (
      optimizer.params === null ||
      optimizer.model === model ||
      names.some((text) =>
        new RegExp(
          `(?<![\\w.])${part}(?!\\w)|(?<!\\w)${model}\\.${part}(?!\\w)|(?<![\\w.])${model}\\.(?:named_)?parameters\\(`,
        ).test(text),
      )
    );
  });
}

/** Gives the optimizer the parameters of the whole model. */
export function trainAllParameters(facts: PythonFacts): readonly Fix[] {
  return partlyTrained(facts).flatMap(({ optimizer, model, part }) => {
    const argument = optimizer.args.find(({ name }) => name === null || name === 'params');
    return argument === undefined || argument.text !== `${part}.parameters()`
      ? []
      : fixOf(facts, 'all-parameters', `Give the optimizer all parameters of ${model}`, 'unsafe', [
          replace(argument.valueRange, `${model}.parameters()`),
        ]);
  });
}
