import type { PythonFacts } from './facts';
import { type Origins, originsOf } from './gradientPaths';
import { isRecurrent, isWeightLayer } from './layers';
import { shortType } from './names';
import type { Binding } from './scopes';
import type { Expr } from './syntax/ast';

/** A layer, or a model, that is held under a name or an attribute. */
export interface HeldLayer {
  /** `encoder`, `self.encoder`, as in a message. */
  readonly name: string;
  /** Is it among what an expression is made of? */
  isIn(origins: Origins): boolean;
}

/** Constructors of the optimizers of torch. */
export const OPTIMIZER = /^torch\.optim\.(?!lr_scheduler|swa_utils)[A-Z]\w*$/;

/** What the optimizers of a file are given, by the names it is written with; null without an optimizer of torch. */
export function originsOfParameters(facts: PythonFacts): Origins | null {
  const given = facts.source
    .callsOfNamed(OPTIMIZER)
    .flatMap(({ call }) => call.args.filter(({ name }) => name === null || name === 'params').slice(0, 1));
  return given.length === 0
    ? null
    : originsOf(
        facts,
        given.map(({ value }) => value),
        true,
      );
}

/** Layers with weights that are attributes of the file's models, by attribute. */
export function layersOfClasses(facts: PythonFacts, of: Origins): readonly HeldLayer[] {
  return facts.classes.flatMap(({ name, modules }) => {
    const scope = facts.source.classNamed(name);
    if (scope === null || !of.classes.has(scope)) {
      return [];
    }
    const own = modules.filter(({ base, type }) => hasWeights(base ?? type));
    const attrs = new Set(own.map(({ path }) => path.split('.')[0] ?? path));
    return [...attrs].map((attr) => ({
      name: `self.${attr}`,
      isIn: (origins: Origins) => origins.attributes.has(attr),
    }));
  });
}

/** Layers and models that variables of the file hold, whether functions' own or the module's. */
export function layersInNames(facts: PythonFacts): readonly HeldLayer[] {
  const found: HeldLayer[] = [];
  for (const scope of facts.source.scopes) {
    const isModel = scope.kind === 'class' && facts.classes.some((one) => isModule(one, scope.name));
    for (const [name, bindings] of scope.kind === 'class' ? scope.attributes : scope.bindings) {
      const [only, another] = bindings;
      if (isModel || only === undefined || another !== undefined || !makesLayer(facts, only)) {
        continue;
      }
      const isSelf = scope.kind === 'class';
      found.push({
        name: isSelf ? `self.${name}` : name,
        isIn: isSelf ? ({ attributes }) => attributes.has(name) : ({ names }) => names.has(bindings),
      });
    }
  }
  return found;
}

function isModule({ kind, name }: PythonFacts['classes'][number], wanted: string): boolean {
  return kind !== 'other' && name === wanted;
}

function makesLayer(facts: PythonFacts, { kind, value, path }: Binding): boolean {
  const made = kind === 'unpack' && value?.kind === 'tuple' ? value.items[path[0] ?? 0] : value;
  return made != null && (kind === 'assign' || (kind === 'unpack' && made !== value)) && isLayer(facts, made);
}

/** `nn.Linear(3, 4)`, `nn.Sequential(nn.Linear(3, 4))`, `Net()`, with or without `.to(device)`. */
function isLayer(facts: PythonFacts, expr: Expr): boolean {
  if (expr.kind !== 'call') {
    return false;
  }
  if (expr.func.kind === 'attribute' && /^(?:to|cuda|cpu|float|double|train)$/.test(expr.func.attr)) {
    return isLayer(facts, expr.func.object);
  }
  const name = facts.nameOf(expr.func) ?? '';
  if (/^torch\.nn\.(?:Sequential|ModuleList|ModuleDict)$/.test(name)) {
    return expr.args.some(({ value }) => holdsLayer(facts, value));
  }
  const own = facts.classNamed(name);
  return own === null
    ? name.startsWith('torch.nn.') && hasWeights(shortType(name))
    : own.kind === 'module' && own.modules.some(({ base, type }) => hasWeights(base ?? type));
}

function holdsLayer(facts: PythonFacts, expr: Expr): boolean {
  return (
    isLayer(facts, expr) ||
    (expr.kind === 'list' && expr.items.some((item) => isLayer(facts, item))) ||
    (expr.kind === 'dict' && expr.entries.some(({ value }) => isLayer(facts, value)))
  );
}

function hasWeights(type: string): boolean {
  return isWeightLayer(type) || isRecurrent(type) || /^nn\.(?:Embedding|Transformer|Multihead)/.test(type);
}
