import type { Literal } from '../facts';
import type { Scope } from '../scopes';
import type { CallExpr, Expr, Stmt } from '../syntax/ast';
import { isModuleClass } from './classes';
import type { Interpreter } from './interpret';
import {
  appendAll,
  appendItem,
  type BoundArgument,
  type CallableValue,
  type Env,
  type ListItem,
  type ListValue,
  listOf,
  literal,
  type ModuleValue,
  numberOf,
  stringOf,
  UNKNOWN,
  type Value,
} from './value';

/** Methods that return the module they are called on. */
const RETURNS_SELF = new Set([
  'to',
  'cuda',
  'cpu',
  'train',
  'eval',
  'half',
  'float',
  'double',
  'bfloat16',
  'apply',
  'requires_grad_',
  'type',
  'share_memory',
]);

/** Functions that wrap a module and return it, or a stand-in with the same parameters. */
const WRAPPERS =
  /^(?:copy\.(?:deep)?copy|torch\.compile|torch\.jit\.script|torch\.nn\.utils\.(?:parametrizations\.)?(?:weight_norm|spectral_norm|orthogonal)|torch\.nn\.utils\.parametrizations\.\w+)$/;

interface Call {
  readonly expr: CallExpr;
  readonly env: Env;
  readonly stmt: Stmt;
  readonly args: readonly EvaluatedArgument[];
}

interface EvaluatedArgument extends BoundArgument {
  readonly node: Expr;
}

/** What a call returns, and what it does to the modules and lists it touches. */
export function callValue(run: Interpreter, expr: CallExpr, env: Env, stmt: Stmt): Value {
  const superCall = superInit(run, expr, env, stmt);
  if (superCall !== null) {
    return superCall;
  }
  const call: Call = { expr, env, stmt, args: evaluateArguments(run, expr, env, stmt) };
  const method = methodCall(run, call);
  if (method !== null) {
    return method;
  }
  const callee = run.evaluate(expr.func, env, stmt);
  return callee.kind === 'callable' ? invoke(run, callee, call) : UNKNOWN;
}

function evaluateArguments(run: Interpreter, expr: CallExpr, env: Env, stmt: Stmt): EvaluatedArgument[] {
  const out: EvaluatedArgument[] = [];
  for (const arg of expr.args) {
    const value = run.evaluate(arg.value, env, stmt);
    if (arg.star === 1) {
      const list = listOf([]);
      run.spread(list, value, arg.value, env, stmt);
      const certain = list.certain >= list.items.length;
      for (const item of certain ? list.items : []) {
        out.push({ name: null, value: item.value, node: arg.value });
      }
      if (!certain) {
        out.push({ name: '*', value: list, node: arg.value });
      }
    } else if (arg.star === 2) {
      for (const [name, item] of value.kind === 'dict' ? value.entries : []) {
        out.push({ name, value: item.value, node: arg.value });
      }
    } else {
      out.push({ name: arg.name, value, node: arg.value });
    }
  }
  return out;
}

/** Positional modules of a container's constructor, stars spread. */
function positionalList(run: Interpreter, call: Call): ListValue {
  const list = listOf([]);
  for (const arg of call.expr.args) {
    if (arg.name !== null || arg.star === 2) {
      continue;
    }
    const value = run.evaluate(arg.value, call.env, call.stmt);
    if (arg.star === 1) {
      run.spread(list, value, arg.value, call.env, call.stmt);
    } else {
      appendItem(list, { value, node: arg.value, stmt: call.stmt, looped: false }, false);
    }
  }
  return list;
}

/** `super().__init__(...)` and `Base.__init__(self, ...)`. */
function superInit(run: Interpreter, expr: CallExpr, env: Env, stmt: Stmt): Value | null {
  const { func } = expr;
  const { self, owner } = env;
  if (
    func.kind !== 'attribute' ||
    func.attr !== '__init__' ||
    self === null ||
    owner?.node?.kind !== 'class'
  ) {
    return null;
  }
  const args = evaluateArguments(run, expr, env, stmt);
  for (const base of owner.node.bases) {
    const scope = base.value.kind === 'name' ? run.source.classNamed(base.value.id) : null;
    if (scope !== null && scope !== owner) {
      construct(run, scope, self, args);
      return UNKNOWN;
    }
    const name = run.source.nameOf(base.value);
    if (name === 'torch.nn.Sequential' || name === 'torch.nn.ModuleList') {
      const list = positionalList(run, { expr, env, stmt, args });
      const [only] = list.items;
      if (list.items.length === 1 && only?.value.kind === 'list') {
        run.addChildren(self, only.value, env);
      } else if (list.items.length === 1 && only?.value.kind === 'dict') {
        addNamed(run, self, only.value.entries, { expr, env, stmt, args });
      } else {
        run.addChildren(self, list, env);
      }
      return UNKNOWN;
    }
  }
  return UNKNOWN;
}

/** Runs the constructor of a class of the file on an object under construction. */
export function construct(
  run: Interpreter,
  scope: Scope,
  self: ModuleValue,
  args: readonly BoundArgument[] | null,
): void {
  const init = run.source.methodOf(scope, '__init__') ?? run.source.methodOf(scope, 'setup');
  const owner = init?.parent ?? scope;
  if (init === null) {
    return;
  }
  const env = run.newEnv(null, self, owner);
  if (args === null) {
    run.bindKnownParameters(init, env, 1);
  } else {
    run.bindParameters(init, [...args], env, 1);
  }
  run.callScope(init, env);
}

function methodCall(run: Interpreter, call: Call): Value | null {
  const { func } = call.expr;
  if (func.kind !== 'attribute') {
    return null;
  }
  const { env, stmt } = call;
  const isSelf = env.self !== null && run.source.isSelf(func.object);
  if (isSelf && env.self !== null) {
    const method = env.owner === null ? null : run.source.methodOf(env.owner, func.attr);
    if (method !== null) {
      const inner = run.newEnv(null, env.self, method.parent);
      inner.uncertain = env.uncertain;
      const isStatic =
        method.node?.kind === 'function' &&
        method.node.decorators.some((one) => one.kind === 'name' && one.id === 'staticmethod');
      run.bindParameters(method, [...call.args], inner, isStatic ? 0 : 1);
      return throughCall(run.callScope(method, inner), call.expr);
    }
  }
  const object = isSelf && env.self !== null ? env.self : run.evaluate(func.object, env, stmt);
  switch (object.kind) {
    case 'list':
      return listMethod(object, func.attr, call);
    case 'dict':
      return dictMethod(object, func.attr, call);
    case 'module':
      return moduleMethod(run, object, func.attr, call);
    default:
      return null;
  }
}

function listMethod(list: ListValue, method: string, call: Call): Value {
  const { env, stmt, args } = call;
  const [first] = args;
  const item = (arg: EvaluatedArgument): ListItem => ({
    value: arg.value,
    node: arg.node,
    stmt: arg.value.kind === 'module' ? arg.value.stmt : stmt,
    looped: env.looped,
  });
  switch (method) {
    case 'append':
      if (first !== undefined) {
        appendItem(list, item(first), env.uncertain);
      }
      return UNKNOWN;
    case 'extend':
      if (first?.value.kind === 'list') {
        appendAll(list, first.value, env.uncertain, env.looped);
      } else {
        list.certain = Math.min(list.certain, list.items.length);
      }
      return UNKNOWN;
    case 'insert': {
      const at = numberOf(first?.value);
      const inserted = args[1];
      if (inserted !== undefined) {
        list.items.splice(at ?? 0, 0, item(inserted));
      }
      if (at === null || env.uncertain) {
        list.certain = 0;
      }
      return UNKNOWN;
    }
    case 'pop': {
      list.certain = env.uncertain ? 0 : list.certain;
      const at = numberOf(first?.value);
      return (at === null ? list.items.pop() : list.items.splice(at, 1)[0])?.value ?? UNKNOWN;
    }
    default:
      return UNKNOWN;
  }
}

function dictMethod(dict: Value & { kind: 'dict' }, method: string, call: Call): Value {
  const items = [...dict.entries];
  switch (method) {
    case 'values':
      return listOf(items.map(([, item]) => item));
    case 'keys':
      return listOf(items.map(([key, item]) => ({ ...item, value: literal(key) })));
    case 'items':
      return listOf(
        items.map(([key, item]) => ({ ...item, value: listOf([{ ...item, value: literal(key) }, item]) })),
      );
    case 'update':
      for (const arg of call.args) {
        for (const [key, item] of arg.value.kind === 'dict' ? arg.value.entries : []) {
          dict.entries.set(key, item);
        }
      }
      return UNKNOWN;
    case 'get': {
      const key = call.args[0]?.value;
      return key?.kind === 'literal' ? (dict.entries.get(String(key.value))?.value ?? UNKNOWN) : UNKNOWN;
    }
    default:
      return UNKNOWN;
  }
}

function moduleMethod(run: Interpreter, module: ModuleValue, method: string, call: Call): Value {
  const { env, stmt, expr, args } = call;
  const [first, second] = args;
  if (RETURNS_SELF.has(method)) {
    return module;
  }
  switch (method) {
    case 'append':
    case 'add':
      if (first !== undefined) {
        run.addChildren(
          module,
          listOf([{ value: first.value, node: first.node, stmt, looped: env.looped }]),
          env,
        );
      }
      return module;
    case 'extend':
      if (first?.value.kind === 'list') {
        run.addChildren(module, first.value, env);
      }
      return module;
    case 'add_module':
    case 'register_module':
    case 'register_parameter': {
      const key = stringOf(first?.value) ?? '*';
      if (second !== undefined) {
        run.register(module, key, second.value, expr, stmt, env);
      }
      return UNKNOWN;
    }
    case 'update':
      if (first?.value.kind === 'dict') {
        addNamed(run, module, first.value.entries, call);
      }
      return UNKNOWN;
    case 'children':
    case 'values':
      return listOf(
        module.children.map(({ value, node, looped, stmt: at }) => ({ value, node, looped, stmt: at })),
      );
    default:
      return UNKNOWN;
  }
}

function addNamed(
  run: Interpreter,
  container: ModuleValue,
  entries: ReadonlyMap<string, ListItem>,
  call: Call,
): void {
  for (const [key, item] of entries) {
    if (item.value.kind === 'module') {
      run.register(container, key, item.value, item.node, item.stmt, call.env);
    }
  }
}

function invoke(run: Interpreter, callee: CallableValue, call: Call): Value {
  const args: readonly EvaluatedArgument[] = [
    ...callee.bound.map((arg) => ({ ...arg, node: call.expr })),
    ...call.args,
  ];
  const full: Call = { ...call, args };
  if (callee.lambda !== null) {
    const env = run.newEnv(callee.lambda.env, callee.lambda.env.self, callee.lambda.env.owner);
    callee.lambda.node.params.forEach((param, index) => {
      const given = args.find((arg) => arg.name === param.name) ?? args[index];
      env.vars.set(param.name, given?.value ?? UNKNOWN);
    });
    return run.evaluate(callee.lambda.node.body, env, call.stmt);
  }
  if (callee.scope?.kind === 'class') {
    return instance(run, callee.scope, full);
  }
  if (callee.scope?.kind === 'function') {
    // Outside constructors only functions that build something are worth running.
    if (call.env.self === null && !run.source.buildsModules(callee.scope)) {
      return UNKNOWN;
    }
    const env = run.newEnv(null, null, null);
    run.bindParameters(callee.scope, [...args], env, 0);
    return throughCall(run.callScope(callee.scope, env), call.expr);
  }
  return callee.name === null ? UNKNOWN : library(run, callee.name, full);
}

/** An object of a class of the file. */
function instance(run: Interpreter, scope: Scope, call: Call): Value {
  if (!isModuleClass(run.source, scope)) {
    return UNKNOWN;
  }
  const value = moduleOf(scope.node?.name ?? '', call);
  construct(run, scope, value, call.args);
  return value;
}

function moduleOf(type: string, call: Call, known = true): ModuleValue {
  return {
    kind: 'module',
    type,
    call: call.expr,
    stmt: call.stmt,
    values: call.args.filter((arg) => arg.name !== '*').map((arg) => literalIn(arg.value)),
    children: [],
    fields: new Map(),
    through: [],
    exact: true,
    known,
  };
}

function literalIn(value: Value): Literal | undefined {
  return value.kind === 'literal' ? value.value : undefined;
}

/** Remembers that a helper's call stands between its inner constructor and the model. */
function throughCall(value: Value, expr: CallExpr): Value {
  if (value.kind === 'module') {
    value.through = [...value.through, expr];
  } else if (value.kind === 'list') {
    for (const item of value.items) {
      if (item.value.kind === 'module') {
        item.value.through = [...item.value.through, expr];
      }
    }
  }
  return value;
}

function library(run: Interpreter, name: string, call: Call): Value {
  const first = call.args[0]?.value;
  if (WRAPPERS.test(name)) {
    return name.startsWith('copy.') && first?.kind === 'module' ? copyOf(first) : (first ?? UNKNOWN);
  }
  switch (name) {
    case 'torch.nn.Sequential':
    case 'keras.Sequential':
      return sequential(run, name, call);
    case 'torch.nn.ModuleList':
    case 'torch.nn.ParameterList': {
      const value = moduleOf(name, call);
      if (first?.kind === 'list') {
        run.addChildren(value, first, call.env);
      } else if (first?.kind === 'module') {
        run.addChildren(
          value,
          listOf(first.children.map(({ value: inner, ...rest }) => ({ value: inner, ...rest }))),
          call.env,
        );
      } else if (first !== undefined) {
        run.addChildren(value, listOf([], 0), call.env);
      }
      return value;
    }
    case 'torch.nn.ModuleDict':
    case 'torch.nn.ParameterDict': {
      const value = moduleOf(name, call);
      if (first?.kind === 'dict') {
        addNamed(run, value, first.entries, call);
      }
      return value;
    }
    case 'functools.partial': {
      const target = first;
      return target?.kind === 'callable'
        ? { ...target, bound: [...target.bound, ...call.args.slice(1)] }
        : UNKNOWN;
    }
    case 'setattr':
      if (first?.kind === 'module' && call.args[2] !== undefined) {
        run.register(
          first,
          stringOf(call.args[1]?.value) ?? '*',
          call.args[2].value,
          call.expr,
          call.stmt,
          call.env,
        );
      }
      return UNKNOWN;
    case 'getattr': {
      const key = stringOf(call.args[1]?.value);
      if (first?.kind === 'callable' && first.name !== null && key !== null) {
        return { ...first, name: `${first.name}.${key}`, scope: null };
      }
      return first?.kind === 'module' && key !== null ? (first.fields.get(key) ?? UNKNOWN) : UNKNOWN;
    }
    case 'super':
      return UNKNOWN;
    default:
      return builtin(name, call) ?? libraryModule(name, call);
  }
}

function sequential(run: Interpreter, name: string, call: Call): Value {
  const value = moduleOf(name, call);
  const list = positionalList(run, call);
  const [only] = list.items;
  if (list.items.length === 1 && only?.value.kind === 'dict') {
    addNamed(run, value, only.value.entries, call);
  } else if (list.items.length === 1 && only?.value.kind === 'list') {
    run.addChildren(value, only.value, call.env);
  } else {
    run.addChildren(value, list, call.env);
  }
  return value;
}

/** Types of torch.nn, and other packages' classes: layers as far as one can tell from a capital letter. */
function libraryModule(name: string, call: Call): Value {
  const word = name.slice(name.lastIndexOf('.') + 1);
  if (
    /^torch\.nn\.(?:[A-Z]\w*|(?:parameter|quantized|intrinsic|qat)\.\w+)/.test(name) ||
    /^keras\.layers\.[A-Z]/.test(name)
  ) {
    return moduleOf(name, call);
  }
  if (/^(?:torch|numpy|math|os|typing|collections)(?:\.|$)/.test(name) || !name.includes('.')) {
    return UNKNOWN;
  }
  const builds =
    /^[A-Z]/.test(word) ||
    /^(?:create_model|from_pretrained|build_\w+|make_\w+|resnet\d+|vgg\d+\w*)$/.test(word);
  return builds ? moduleOf(name, call, false) : UNKNOWN;
}

/** Python's own functions, as far as they shape an architecture; null for any other name. */
function builtin(name: string, call: Call): Value | null {
  const values = call.args.map((arg) => arg.value);
  const [first] = values;
  switch (name) {
    case 'range':
      return range(values);
    case 'len': {
      const known = first?.kind === 'list' && first.certain >= first.items.length;
      if (first?.kind === 'module') {
        return first.children.some((child) => child.key === '*') ? UNKNOWN : literal(first.children.length);
      }
      return known ? literal(first.items.length) : UNKNOWN;
    }
    case 'list':
    case 'tuple':
      if (first?.kind === 'module') {
        return listOf(first.children.map(({ value, node, stmt, looped }) => ({ value, node, stmt, looped })));
      }
      return first?.kind === 'list'
        ? listOf([...first.items], first.certain)
        : first === undefined
          ? listOf([])
          : UNKNOWN;
    case 'reversed':
      return first?.kind === 'list'
        ? listOf([...first.items].reverse(), first.certain < first.items.length ? 0 : undefined)
        : UNKNOWN;
    case 'enumerate':
      return first?.kind === 'list' ? enumerate(first, numberOf(values[1]) ?? 0) : UNKNOWN;
    case 'zip':
      return zip(values);
    case 'dict':
    case 'collections.OrderedDict':
      return dictOf(call);
    case 'int': {
      const number = numberOf(first);
      return number === null ? UNKNOWN : literal(Math.trunc(number));
    }
    case 'float':
      return first ?? UNKNOWN;
    case 'str':
      return first?.kind === 'literal' ? literal(String(first.value)) : UNKNOWN;
    case 'max':
    case 'min': {
      const numbers = (
        values.length === 1 && first?.kind === 'list' ? first.items.map((item) => item.value) : values
      ).map(numberOf);
      const known = numbers.filter((value): value is number => value !== null);
      return known.length === 0 || known.length < numbers.length
        ? UNKNOWN
        : literal(name === 'max' ? Math.max(...known) : Math.min(...known));
    }
    default:
      return null;
  }
}

function itemOf(value: Value, like: ListItem | Call): ListItem {
  return 'expr' in like
    ? { value, node: like.expr, stmt: like.stmt, looped: like.env.looped }
    : { ...like, value };
}

const MAX_RANGE = 2048;

function range(values: readonly Value[]): Value {
  const numbers = values.map(numberOf);
  const [first, second, third = 1] = numbers;
  if (numbers.includes(null) || first == null || third == null || third === 0) {
    return UNKNOWN;
  }
  const [from, to] = second == null ? [0, first] : [first, second];
  const count = Math.max(0, Math.ceil((to - from) / third));
  if (count > MAX_RANGE) {
    return UNKNOWN;
  }
  const node: Expr = { kind: 'unknown', start: 0, end: 0, parts: [] };
  const stmt: Stmt = { kind: 'other', keyword: 'pass', start: 0, end: 0, parts: [] };
  return listOf(
    Array.from({ length: count }, (_, i) => ({
      value: literal(from + i * third),
      node,
      stmt,
      looped: false,
    })),
  );
}

function enumerate(list: ListValue, from: number): ListValue {
  return listOf(
    list.items.map((item, i) => itemOf(listOf([itemOf(literal(from + i), item), item]), item)),
    list.certain,
  );
}

function zip(values: readonly Value[]): Value {
  const lists = values.filter(
    (value): value is ListValue => value.kind === 'list' && value.certain >= value.items.length,
  );
  const [first] = lists;
  if (first === undefined || lists.length < values.length) {
    return UNKNOWN;
  }
  const length = Math.min(...lists.map((list) => list.items.length));
  return listOf(
    first.items
      .slice(0, length)
      .map((item, i) => itemOf(listOf(lists.flatMap((list) => list.items[i] ?? [])), item)),
  );
}

/** `dict(a=...)`, `OrderedDict([("a", ...)])`. */
function dictOf(call: Call): Value {
  const entries = new Map<string, ListItem>();
  const first = call.args[0];
  if (first?.name === null && first.value.kind === 'list') {
    for (const pair of first.value.items) {
      const [key, item] = pair.value.kind === 'list' ? pair.value.items : [];
      if (key !== undefined && item !== undefined) {
        entries.set(stringOf(key.value) ?? '*', { ...item, looped: pair.looped });
      }
    }
  } else if (first?.name === null && first.value.kind === 'dict') {
    for (const [key, item] of first.value.entries) {
      entries.set(key, item);
    }
  }
  for (const arg of call.args) {
    if (arg.name !== null) {
      entries.set(arg.name, { value: arg.value, node: arg.node, stmt: call.stmt, looped: call.env.looped });
    }
  }
  return { kind: 'dict', entries };
}

function copyOf(module: ModuleValue): ModuleValue {
  return { ...module, children: [...module.children], fields: new Map(module.fields) };
}
