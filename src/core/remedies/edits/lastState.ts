import type { ClassFact, ModuleEntry, PythonFacts } from '../../python/facts';
import { makesSequences, paddingSide } from '../../python/padding';
import type { Scope } from '../../python/scopes';
import type { Expr, Stmt } from '../../python/syntax/ast';
import { expressionsOf, ownStatements } from '../../python/syntax/walk';
import type { Fix } from '../../rules/finding';
import type { TextEdit, TextRange } from '../../text';
import { spell } from './names';
import { fixOf, replace } from './place';

/** A recurrent layer's state that is read behind the padding of its sequences. */
export interface PaddedState {
  /** `states[:, -1]`. */
  readonly range: TextRange;
  /** Type of the recurrent layer. */
  readonly type: string;
  /** Does the file show how sequences are padded? Otherwise other code may do it before the tokens, as some does. */
  readonly shown: boolean;
  /** Empty where the tokens or the padding's index cannot be named at this place. */
  readonly edits: readonly TextEdit[];
}

/** Signs in a method that somebody thought of the lengths: then what is read is not judged. */
const KNOWS_LENGTHS = /leng|\blens?\b(?!\()|_lens?\b|mask|pack|valid|flip|gather|eos/i;

/** Every state that PyTorch models read at the end of sequences whose ends are padding. */
export function paddedLastStates(facts: PythonFacts): readonly PaddedState[] {
  const { source } = facts;
  if (!source.mentions(/\bEmbedding\b/) || !source.mentions(/\b(?:RNN|GRU|LSTM)\b/)) {
    return [];
  }
  const side = paddingSide(facts);
  const shown = side === 'right';
  if (side === 'left' || (!shown && makesSequences(facts))) {
    return [];
  }
  return facts.classes.flatMap((owner) => {
    const scope =
      owner.kind === 'module' || owner.kind === 'lightning' ? source.classNamed(owner.name) : null;
    return scope === null
      ? []
      : owner.methods.flatMap(({ name }) => {
          const method = name === '__init__' ? null : source.methodOf(scope, name);
          return method === null ? [] : inMethod(facts, owner, method).map((read) => ({ ...read, shown }));
        });
  });
}

/** What a value of a method is, as far as it comes from padded tokens. */
interface Value {
  /** `embedded`; `pair`: what a recurrent layer returns; `states` of all steps; `final`: those after the last one; `memory`: an LSTM's two of these. */
  readonly kind: 'embedded' | 'pair' | 'states' | 'final' | 'memory';
  readonly tokens: Expr;
  readonly embedding: ModuleEntry;
  readonly layer: ModuleEntry | null;
  /** The name, or `_`, that received the states of all steps with the final one; null when none did. */
  readonly states: Expr | null;
}

function inMethod(
  facts: PythonFacts,
  owner: ClassFact,
  method: Scope,
): readonly Omit<PaddedState, 'shown'>[] {
  const statements = ownStatements(method.body);
  const text = method.node === null ? '' : facts.source.source(method.node);
  const loops = statements.some(({ kind }) => kind === 'for' || kind === 'while');
  if (KNOWS_LENGTHS.test(text) || loops) {
    return [];
  }
  const known = new Map<string, Value>();
  const found: Omit<PaddedState, 'shown'>[] = [];
  for (const stmt of statements) {
    facts.source.work.spend(1);
    for (const expr of expressionsOf(stmt)) {
      const value = readLast(facts, owner, known, expr);
      if (value?.layer != null) {
        const range = facts.rangeOf(expr);
        found.push({ range, type: value.layer.type, edits: editsFor(facts, owner, method, value, expr) });
      }
    }
    bind(facts, owner, known, stmt);
  }
  return found;
}

/** The value whose last step `states[:, -1]`, `h_n[-1]` or `h_n.squeeze(0)` takes. */
function readLast(
  facts: PythonFacts,
  owner: ClassFact,
  known: ReadonlyMap<string, Value>,
  expr: Expr,
): Value | null {
  if (expr.kind === 'subscript') {
    const value = resolve(facts, owner, known, expr.object);
    const index = facts.source.text.slice(expr.object.end, expr.end).replace(/\s/g, '');
    const last =
      value?.kind === 'states'
        ? /^\[:,-1(?:,:)?\]$/
        : value?.kind === 'final'
          ? /^\[-1(?:,:(?:,:)?)?\]$/
          : null;
    return last?.test(index) ? value : null;
  }
  if (expr.kind === 'call' && expr.func.kind === 'attribute' && expr.func.attr === 'squeeze') {
    const value = resolve(facts, owner, known, expr.func.object);
    const [axis] = expr.args;
    const args = value?.layer?.args ?? [];
    const stacked =
      args.some(({ name }) => name === 'num_layers') || args.filter(({ name }) => name === null).length > 2;
    const isFirst = axis?.value.kind === 'number' && axis.value.value === 0;
    return value?.kind === 'final' && isFirst && !stacked ? value : null;
  }
  return null;
}

function resolve(
  facts: PythonFacts,
  owner: ClassFact,
  known: ReadonlyMap<string, Value>,
  expr: Expr,
): Value | null {
  if (expr.kind === 'name') {
    return known.get(expr.id) ?? null;
  }
  if (expr.kind === 'subscript') {
    const [index] = expr.indices;
    const value = resolve(facts, owner, known, expr.object);
    const at = index?.kind === 'number' && expr.indices.length === 1 ? index.value : null;
    return value === null || at === null ? null : part(value, at, null);
  }
  const { func, args } = expr.kind === 'call' ? expr : { func: null, args: [] };
  const [first, second] = args;
  if (func?.kind !== 'attribute' || !facts.source.isSelf(func.object) || first === undefined) {
    return null;
  }
  const entries = owner.modules.filter(({ path }) => path === func.attr);
  const [entry, another] = entries;
  // What is called with a state of its own goes on from one, as a decoder does a token at a time.
  if (entry === undefined || another !== undefined || second !== undefined || first.star !== 0) {
    return null;
  }
  if (entry.type === 'nn.Embedding') {
    const value = { tokens: first.value, embedding: entry, layer: null, states: null };
    return paddingOf(entry) === null || mayBeNone(facts, entry) ? null : { kind: 'embedded', ...value };
  }
  const input = resolve(facts, owner, known, first.value);
  if (input?.kind !== 'embedded' && input?.kind !== 'states') {
    return null;
  }
  if (/^nn\.(?:Dropout\w*|LayerNorm)$/.test(entry.type)) {
    return { ...input, states: null };
  }
  return isPlainRecurrent(entry) ? { ...input, kind: 'pair', layer: entry, states: null } : null;
}

/** One item of what a recurrent layer returns. */
function part(value: Value, at: number, target: Expr | null): Value | null {
  if (value.kind === 'pair') {
    const kind = at === 0 ? 'states' : value.layer?.type === 'nn.LSTM' ? 'memory' : 'final';
    return at > 1 ? null : { ...value, kind, states: at === 0 ? target : value.states };
  }
  return value.kind === 'memory' && at === 0 ? { ...value, kind: 'final' } : null;
}

/** Takes over what a statement gives to names. */
function bind(facts: PythonFacts, owner: ClassFact, known: Map<string, Value>, stmt: Stmt): void {
  if (stmt.kind === 'augmented' && stmt.target.kind === 'name') {
    known.delete(stmt.target.id);
  }
  if (stmt.kind !== 'assign' || stmt.value === null) {
    return;
  }
  const value = resolve(facts, owner, known, stmt.value);
  for (const target of stmt.targets) {
    give(known, target, value);
  }
}

function give(known: Map<string, Value>, target: Expr, value: Value | null): void {
  if (target.kind === 'name') {
    if (value === null) {
      known.delete(target.id);
    } else {
      known.set(target.id, value.kind === 'states' ? { ...value, states: target } : value);
    }
  } else if (target.kind === 'tuple' || target.kind === 'list') {
    const [states] = target.items;
    target.items.forEach((item, at) => {
      const whole = value?.kind === 'pair' && states !== undefined ? { ...value, states } : value;
      give(known, item, whole === null ? null : part(whole, at, item));
    });
  }
}

/** One direction, batch first: nothing else says which index is the last step of a sequence. */
function isPlainRecurrent({ type, args }: ModuleEntry): boolean {
  const given = (keyword: string) => args.find(({ name }) => name === keyword);
  const both = given('bidirectional');
  return (
    /^nn\.(?:RNN|GRU|LSTM)$/.test(type) &&
    args.every(({ star }) => star === 0) &&
    given('batch_first')?.literal === true &&
    (both === undefined || both.literal === false)
  );
}

/** `padding_idx=PAD`, or the third argument; null where there is none. */
function paddingOf({ args }: ModuleEntry): ModuleEntry['args'][number] | null {
  const positional = args.slice(0, 3).every(({ name, star }) => name === null && star === 0);
  const arg = args.find(({ name }) => name === 'padding_idx') ?? (positional ? args[2] : undefined);
  return arg === undefined || arg.literal === null ? null : arg;
}

/** Is the padding's index an argument that is None unless somebody gives another? */
function mayBeNone(facts: PythonFacts, entry: ModuleEntry): boolean {
  const text = paddingOf(entry)?.text;
  const init = facts.classes.find(({ name }) => name === entry.owner)?.init;
  return init?.params.some((param) => param.name === text && param.default?.literal === null) ?? false;
}

/** How the method can write the padding's index; null when it cannot. */
function paddingText(facts: PythonFacts, owner: ClassFact, method: Scope, value: Value): string | null {
  const arg = paddingOf(value.embedding);
  if (arg === null) {
    return null;
  }
  if (typeof arg.literal === 'number') {
    return arg.literal >= 0 ? arg.text : null;
  }
  const hidden =
    owner.init?.params.some(({ name }) => name === arg.text) === true || method.bindings.has(arg.text);
  return /^[A-Za-z_]\w*$/.test(arg.text) && !hidden && facts.source.module.bindings.has(arg.text)
    ? arg.text
    : null;
}

function editsFor(
  facts: PythonFacts,
  owner: ClassFact,
  method: Scope,
  value: Value,
  read: Expr,
): readonly TextEdit[] {
  const { tokens } = value;
  const padding = paddingText(facts, owner, method, value);
  const arange = spell(facts, 'torch.arange');
  if (tokens.kind !== 'name' || padding === null || arange === null) {
    return [];
  }
  // The tokens must still be what the embedding got.
  const [given, again] = method.bindings.get(tokens.id) ?? [];
  const states =
    given?.kind === 'parameter' && again === undefined ? allStates(facts, method, value, read) : null;
  if (states === null) {
    return [];
  }
  const last = `((${tokens.id} != ${padding}).sum(1) - 1).clamp(min=0)`;
  const newText = `${states.text}[${arange.name}(len(${tokens.id})), ${last}]`;
  return [...arange.edits, ...states.edits, replace(facts.rangeOf(read), newText)];
}

/** How to write the states of all steps where the last one is read: a `_` that receives them gets a name. */
function allStates(
  facts: PythonFacts,
  method: Scope,
  { kind, states }: Value,
  read: Expr,
): { readonly text: string; readonly edits: readonly TextEdit[] } | null {
  if (kind === 'states') {
    return read.kind === 'subscript' ? { text: facts.source.source(read.object), edits: [] } : null;
  }
  if (states?.kind !== 'name') {
    return null;
  }
  if (states.id !== '_') {
    return method.bindings.get(states.id)?.length === 1 ? { text: states.id, edits: [] } : null;
  }
  const text = method.node === null ? '' : facts.source.source(method.node);
  const free = !method.bindings.has('states') && text.match(/\b_\b/g)?.length === 1;
  return free ? { text: 'states', edits: [replace(facts.rangeOf(states), 'states')] } : null;
}

/** Reads the state of each sequence's last token instead of that of the last position. */
export function readLastValid(facts: PythonFacts): readonly Fix[] {
  return paddedLastStates(facts).flatMap(({ edits }) =>
    edits.length === 0
      ? []
      : fixOf(facts, 'last-valid-state', "Read the state at each sequence's last token", 'unsafe', edits),
  );
}
