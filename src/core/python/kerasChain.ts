import { lengthOf } from './arithmetic';
import type { ChainItem } from './chain';
import type { PythonFacts } from './facts';
import { activationName } from './keras';
import type { CallExpr, Expr, Stmt } from './syntax/ast';

/** A layer of a Keras model on its main path; its own activation is an item of its own, after it. */
export interface KerasItem extends ChainItem {
  /** `kernel_initializer` of a weight layer; null where it is Keras' own (glorot_uniform), or not a weight layer. */
  readonly kernel: Expr | null;
}

/** A loop of unknown length counts as this many rounds, as in {@link ChainItem}'s other builder. */
const UNKNOWN_ROUNDS = 2;
const MAX_ROUNDS = 64;
const MAX_ITEMS = 1000;

const WEIGHT = /^keras\.layers\.(?:Dense|(?:Separable|Depthwise)?Conv[123]D(?:Transpose)?)$/;
const NORM = /^keras\.layers\.\w*Normalization$/;
const DROPOUT = /^keras\.layers\.(?:\w*Dropout\w*|GaussianNoise)$/;
/** Keep the scale of what passes. */
const PASSES =
  /^keras\.(?:Input|layers\.(?:Input|InputLayer|Flatten|Reshape|Rescaling|Permute|\w*Pooling[123]D|ZeroPadding[123]D|UpSampling[123]D|Cropping[123]D))$/;

/**
 * The main paths of the Keras models of a file: `Sequential([...])`, `model.add(...)` and `x = Dense(...)(x)`, loops written out.
 * One for each name that is not continued under another.
 */
export function kerasChains(facts: PythonFacts): readonly (readonly KerasItem[])[] {
  if (!facts.frameworks.includes('keras') && !facts.frameworks.includes('tensorflow')) {
    return [];
  }
  return facts.source.scopes.flatMap((scope) => {
    const reader = new KerasReader(facts);
    reader.read(scope.body);
    return reader.ends();
  });
}

/** Reads the statements of one scope in order. */
class KerasReader {
  /** By the text of the name that holds the model, or the value on its way through it. */
  private readonly chains = new Map<string, readonly KerasItem[]>();
  /** Those that go on under another name. */
  private readonly continued = new Set<readonly KerasItem[]>();

  constructor(private readonly facts: PythonFacts) {}

  ends(): readonly (readonly KerasItem[])[] {
    return [...this.chains.values()].filter((chain) => !this.continued.has(chain));
  }

  read(body: readonly Stmt[]): void {
    for (const stmt of body) {
      if (stmt.kind === 'for') {
        const rounds = Math.min(lengthOf(this.facts.source, stmt.iter) ?? UNKNOWN_ROUNDS, MAX_ROUNDS);
        for (let round = 0; round < rounds; round++) {
          this.read(stmt.body);
        }
      } else if (stmt.kind === 'if') {
        this.fork(stmt);
      } else if (stmt.kind === 'with') {
        this.read(stmt.body);
      } else if (stmt.kind === 'expr') {
        this.add(stmt.value);
      } else if (stmt.kind === 'assign' && stmt.targets.length === 1 && stmt.value?.kind === 'call') {
        this.assign(this.textOf(stmt.targets[0] as Expr), stmt.value);
      }
    }
  }

  /** Either branch may be taken: what they do to a model that was there before is not known. */
  private fork(stmt: Stmt & { kind: 'if' }): void {
    const before = new Map(this.chains);
    this.read(stmt.body);
    this.read(stmt.orelse);
    for (const [name, chain] of before) {
      if (this.chains.get(name) !== chain) {
        this.chains.set(name, [...chain, this.item('opaque', '', stmt.test, stmt.test)]);
      }
    }
  }

  /** `model.add(Dense(64))` */
  private add(value: Expr): void {
    if (value.kind !== 'call' || value.func.kind !== 'attribute' || value.func.attr !== 'add') {
      return;
    }
    const name = this.textOf(value.func.object);
    const before = this.chains.get(name);
    const layer = value.args[0]?.value;
    if (before !== undefined && layer !== undefined) {
      this.extend(name, before, this.itemsOf(layer));
    }
  }

  private assign(name: string, call: CallExpr): void {
    if (this.facts.nameOf(call.func) === 'keras.Sequential') {
      const list = call.args[0]?.value;
      const items = list?.kind === 'list' ? list.items.flatMap((item) => this.itemsOf(item)) : [];
      this.chains.set(name, items);
      return;
    }
    const input = call.args[0]?.value;
    if (call.func.kind !== 'call' || input?.kind !== 'name') {
      this.chains.delete(name);
      return;
    }
    const before = this.chains.get(input.id) ?? [];
    this.continued.add(before);
    this.extend(name, before, this.itemsOf(call.func));
  }

  private extend(name: string, before: readonly KerasItem[], items: readonly KerasItem[]): void {
    if (before.length < MAX_ITEMS) {
      this.chains.set(name, [...before, ...items]);
    }
  }

  private itemsOf(layer: Expr): readonly KerasItem[] {
    const type = layer.kind === 'call' ? (this.facts.nameOf(layer.func) ?? '') : '';
    if (layer.kind !== 'call' || type === '') {
      return [this.item('opaque', type, layer, layer)];
    }
    if (PASSES.test(type)) {
      return [];
    }
    if (WEIGHT.test(type)) {
      return this.weight(type, layer);
    }
    if (type === 'keras.layers.Activation') {
      return this.activation(layer.args[0]?.value, layer);
    }
    const role = NORM.test(type) ? 'norm' : DROPOUT.test(type) ? 'dropout' : 'opaque';
    return [this.item(role, type, layer, layer.func)];
  }

  private weight(type: string, layer: CallExpr): readonly KerasItem[] {
    const named = (name: string): Expr | undefined => layer.args.find((arg) => arg.name === name)?.value;
    const places = layer.args.filter((arg) => arg.name === null);
    const units = named('units') ?? named('filters') ?? places[0]?.value;
    const activation = named('activation') ?? (type.endsWith('.Dense') ? places[1]?.value : undefined);
    const weight: KerasItem = {
      ...this.item('weight', type, layer, layer.func),
      kernel: named('kernel_initializer') ?? null,
      values: units?.kind === 'number' ? [undefined, units.value] : [],
    };
    return [weight, ...(activation === undefined ? [] : this.activation(activation, layer))];
  }

  private activation(given: Expr | undefined, layer: CallExpr): readonly KerasItem[] {
    const name = given === undefined ? null : activationName(this.facts, given);
    if (given === undefined || name === null) {
      return [this.item('opaque', '', layer, layer)];
    }
    return name === 'linear' ? [] : [this.item('activation', `keras.activations.${name}`, layer, given)];
  }

  private item(role: ChainItem['role'], type: string, at: Expr, callee: Expr): KerasItem {
    return {
      role,
      type,
      path: null,
      range: this.facts.rangeOf(at),
      callee: this.facts.rangeOf(callee),
      statement: null,
      entry: null,
      values: [],
      kernel: null,
    };
  }

  private textOf(expr: Expr): string {
    return this.facts.textOf(this.facts.rangeOf(expr));
  }
}
