import type { TextRange } from '../text';
import type {
  ClassFact,
  ForwardFacts,
  ForwardStep,
  ModelFact,
  ModuleEntry,
  ModuleInstance,
  PythonFacts,
  StatementFact,
} from './facts';
import { activationOf, isDropout, isNorm, isRecurrent, isWeightLayer } from './layers';

/** One operation on the main path from a model's input to its output. */
export interface ChainItem {
  /** weight: linear or convolution; residual: a sum with an earlier value; gate: a product; opaque: not understood. */
  readonly role: 'weight' | 'activation' | 'norm' | 'dropout' | 'recurrent' | 'residual' | 'gate' | 'opaque';
  /** `nn.Linear`, `torch.sigmoid`. */
  readonly type: string;
  /** Path inside the class the chain starts from, indices written out where known; null for functions. */
  readonly path: string | null;
  /** Where it is written: the call in forward for functions, the registration for modules. */
  readonly range: TextRange;
  /** The constructor's or function's name, which an edit would replace; null for operators. */
  readonly callee: TextRange | null;
  readonly statement: StatementFact | null;
  readonly entry: ModuleEntry | null;
  readonly values: ModuleInstance['values'];
}

/** Nested models are opened this deep. */
const MAX_DEPTH = 6;
const MAX_ITEMS = 1000;
/** A loop of unknown length counts as this many rounds: enough to be a stack, few enough to claim little. */
const UNKNOWN_ROUNDS = 2;

/** The main path through a class's forward, nested classes and containers opened; empty without a forward. */
export function chainOfClass(facts: PythonFacts, owner: ClassFact): readonly ChainItem[] {
  const known = chains.get(owner);
  if (known !== undefined) {
    return known;
  }
  const chain = buildChain(facts, owner);
  chains.set(owner, chain);
  return chain;
}

/** Several rules ask for the same. */
const chains = new WeakMap<ClassFact, readonly ChainItem[]>();

function buildChain(facts: PythonFacts, owner: ClassFact): readonly ChainItem[] {
  const builder = new ChainBuilder(facts, owner.instances);
  return owner.flow === null ? [] : builder.flow(owner.flow, '', 0);
}

/** The main path through a model built without a class (`model = nn.Sequential(...)`, or layers in variables). */
export function chainOfModel(facts: PythonFacts, model: ModelFact): readonly ChainItem[] {
  if (model.members.length > 0) {
    return model.flow === null ? [] : new ChainBuilder(facts, model.instances).flow(model.flow, '', 0);
  }
  return new ChainBuilder(facts, model.instances).sequence('', 0);
}

/** The main path through a class, or through a model without one, by the root of its modules. */
export function chainOfRoot(facts: PythonFacts, root: string): readonly ChainItem[] {
  const owner = facts.classNamed(root);
  const model = owner === null ? facts.models.find((one) => one.root === root) : undefined;
  return owner !== null ? chainOfClass(facts, owner) : model === undefined ? [] : chainOfModel(facts, model);
}

class ChainBuilder {
  private readonly byPath = new Map<string, ModuleInstance>();

  constructor(
    private readonly facts: PythonFacts,
    private readonly instances: readonly ModuleInstance[],
  ) {
    facts.source.work.spend(instances.length);
    for (const instance of instances) {
      if (!this.byPath.has(instance.path)) {
        this.byPath.set(instance.path, instance);
      }
    }
  }

  /** Walks from the output back to the input, along the first operand where values meet. */
  flow(flow: ForwardFacts, prefix: string, depth: number): ChainItem[] {
    const output = flow.steps.filter((step) => step.op === 'output').at(-1);
    const back: ForwardStep[] = [];
    const seen = new Set<number>();
    let at: ForwardStep | undefined = output;
    while (at !== undefined && !seen.has(at.id)) {
      seen.add(at.id);
      back.push(at);
      at = this.previous(flow, at);
    }
    return this.unrolled(flow, back.reverse(), prefix, depth);
  }

  /** The step whose value flows on: of a sum or product the branch with more steps. */
  private previous(flow: ForwardFacts, step: ForwardStep): ForwardStep | undefined {
    const inputs = step.op === 'module' ? step.inputs.slice(0, 1) : step.inputs;
    // The latest step is the one with the most work behind it.
    const best = inputs.length === 0 ? undefined : Math.max(...inputs);
    return best === undefined ? undefined : flow.steps[best];
  }

  /** Repeats what stands in a loop as often as the loop runs. */
  private unrolled(
    flow: ForwardFacts,
    steps: readonly ForwardStep[],
    prefix: string,
    depth: number,
  ): ChainItem[] {
    const out: ChainItem[] = [];
    for (let i = 0; i < steps.length && out.length < MAX_ITEMS; ) {
      const step = steps[i];
      if (step === undefined) {
        break;
      }
      if (step.loop === -1) {
        out.push(...this.item(step, prefix, 0, depth));
        i++;
        continue;
      }
      let end = i;
      while (steps[end]?.loop === step.loop) {
        end++;
      }
      const inLoop = steps.slice(i, end);
      const rounds = flow.loops[step.loop]?.count ?? this.numbered(inLoop, prefix) ?? UNKNOWN_ROUNDS;
      for (let round = 0; round < rounds && out.length < MAX_ITEMS; round++) {
        for (const inner of inLoop) {
          out.push(...this.item(inner, prefix, round, depth));
        }
      }
      i = end;
    }
    return out;
  }

  /** How many modules a name with a number in it stands for: `fc*` of `getattr(self, f"fc{i}")`. */
  private numbered(steps: readonly ForwardStep[], prefix: string): number | null {
    const path = steps.find((step) => /\w\*|\*\w/.test(step.path ?? ''))?.path;
    if (path == null) {
      return null;
    }
    const pattern = wildcard(prefix + path);
    this.facts.source.work.spend(this.instances.length);
    return this.instances.filter((one) => pattern.test(one.path)).length || null;
  }

  private item(step: ForwardStep, prefix: string, round: number, depth: number): ChainItem[] {
    this.facts.source.work.spend(1);
    const plain = (role: ChainItem['role']): ChainItem[] => [
      {
        role,
        type: step.name,
        path: null,
        range: step.range,
        callee: step.callee,
        statement: step.statement,
        entry: null,
        values: [],
      },
    ];
    switch (step.op) {
      case 'module':
        return this.module(prefix + (step.path ?? '').replace('*', String(round)), depth);
      case 'activation':
        return plain('activation');
      case 'norm':
        return plain('norm');
      case 'dropout':
        return plain('dropout');
      case 'add':
        return plain('residual');
      case 'multiply':
        return plain('gate');
      case 'concat':
        return plain('opaque');
      case 'other':
        return step.name === 'matmul' || step.name === 'branch'
          ? plain('opaque')
          : this.ofInstance(step, prefix, depth);
      default:
        return [];
    }
  }

  /** `self.act(x)` of a class that gets its activation when it is made: the instance knows what the class does not. */
  private ofInstance(step: ForwardStep, prefix: string, depth: number): ChainItem[] {
    const attr = /^torch\.(\w+)$/.exec(step.name)?.[1];
    return attr !== undefined && this.find(prefix + attr) !== undefined
      ? this.module(prefix + attr, depth)
      : [];
  }

  private find(path: string): ModuleInstance | undefined {
    return this.byPath.get(path) ?? this.byPath.get(path.replace(/(^|\.)\d+(?=\.|$)/g, '$1*'));
  }

  private module(path: string, depth: number): ChainItem[] {
    const instance = this.find(path);
    if (instance === undefined) {
      return [];
    }
    const { entry, values } = instance;
    const { type } = entry;
    const role = roleOf(type);
    if (role !== null) {
      const { range, callee, statement } = entry;
      return [{ role, type, path: instance.path, range, callee, statement, entry, values }];
    }
    if (depth >= MAX_DEPTH) {
      return [];
    }
    if (type === 'nn.Sequential') {
      return this.sequence(`${instance.path}.`, depth + 1);
    }
    const inner = this.facts.classNamed(type);
    if (inner?.flow != null) {
      return this.flow(inner.flow, `${instance.path}.`, depth + 1);
    }
    if (inner?.bases.includes('torch.nn.Sequential')) {
      return this.sequence(`${instance.path}.`, depth + 1);
    }
    return PASSING.test(type) ? [] : this.opaque(instance);
  }

  private opaque(instance: ModuleInstance): ChainItem[] {
    const { entry, values } = instance;
    const { type, range, callee, statement } = entry;
    return [{ role: 'opaque', type, path: instance.path, range, callee, statement, entry, values }];
  }

  /** Children of a container in order. */
  sequence(prefix: string, depth: number): ChainItem[] {
    this.facts.source.work.spend(this.instances.length);
    return this.instances
      .filter((one) => one.path.startsWith(prefix) && !one.path.slice(prefix.length).includes('.'))
      .flatMap((one) => this.module(one.path, depth));
  }
}

/** Modules that hand values on and have nothing to do with gradients' size. */
const PASSING =
  /^nn\.(?:Identity|Flatten|Unflatten|Embedding|EmbeddingBag|(?:Adaptive)?(?:Avg|Max)Pool[123]d|Upsample\w*|PixelShuffle|(?:Zero|Constant|Reflection|Replication)Pad[123]d)$/;

/** `fc*` as a pattern: any number in the place of the star. */
function wildcard(path: string): RegExp {
  const parts = path.split('*').map((part) => part.replace(/[^\w]/g, '\\$&'));
  return new RegExp(`^${parts.join('\\d+')}$`);
}

function roleOf(type: string): ChainItem['role'] | null {
  // A weight of one's own is met where values are multiplied by it.
  if (isWeightLayer(type) || type === 'nn.Parameter') {
    return 'weight';
  }
  if (activationOf(type) !== null) {
    return 'activation';
  }
  if (isNorm(type)) {
    return 'norm';
  }
  if (isDropout(type)) {
    return 'dropout';
  }
  return isRecurrent(type) ? 'recurrent' : null;
}
