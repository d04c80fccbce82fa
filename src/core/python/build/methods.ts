import { addNamed, type Call, type EvaluatedArgument } from './call';
import { statementFor } from './collections';
import type { Interpreter } from './interpret';
import {
  appendAll,
  appendItem,
  itemOfChild,
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

/** A method of a list, and what it does to it. */
export function listMethod(list: ListValue, method: string, call: Call): Value {
  const { env, stmt, args } = call;
  const [first] = args;
  const item = (arg: EvaluatedArgument): ListItem => ({
    value: arg.value,
    node: arg.node,
    stmt: statementFor(arg.value, env, stmt),
    source: env.source,
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

/** A method of a dict. */
export function dictMethod(dict: Value & { kind: 'dict' }, method: string, call: Call): Value {
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
    case 'get':
    case 'pop':
    case 'setdefault': {
      const [key, fallback] = call.args.map((arg) => arg.value);
      if (key?.kind !== 'literal') {
        return UNKNOWN;
      }
      const name = String(key.value);
      const found = dict.entries.get(name)?.value ?? fallback ?? UNKNOWN;
      if (method === 'pop') {
        dict.entries.delete(name);
      } else if (method === 'setdefault') {
        const { stmt, env, expr } = call;
        dict.entries.set(name, { value: found, node: expr, stmt, source: env.source, looped: env.looped });
      }
      return found;
    }
    default:
      return UNKNOWN;
  }
}

/** A method of a module or container. */
export function moduleMethod(run: Interpreter, module: ModuleValue, method: string, call: Call): Value {
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
          listOf([{ value: first.value, node: first.node, stmt, source: env.source, looped: env.looped }]),
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
    case 'named_children':
    case 'items':
      return listOf(
        module.children.map((child) => {
          const item = itemOfChild(child);
          return { ...item, value: listOf([{ ...item, value: literal(child.key) }, item]) };
        }),
        firstUncertain(module),
      );
    case 'children':
    case 'values':
      return listOf(module.children.map(itemOfChild));
    default:
      return UNKNOWN;
  }
}

/** Index of the first child whose name is not known. */
function firstUncertain(module: ModuleValue): number | undefined {
  const at = module.children.findIndex((child) => child.key === '*');
  return at === -1 ? undefined : at;
}

/** A method of a string. */
export function stringMethod(text: string, method: string, call: Call): Value {
  const given = stringOf(call.args[0]?.value);
  switch (method) {
    case 'startswith':
      return given === null ? UNKNOWN : literal(text.startsWith(given));
    case 'endswith':
      return given === null ? UNKNOWN : literal(text.endsWith(given));
    case 'lower':
      return literal(text.toLowerCase());
    case 'upper':
      return literal(text.toUpperCase());
    case 'format': {
      let at = 0;
      const filled = text.replace(/\{(\w*)\}/g, (_, name: string) => {
        const arg = /^[A-Za-z_]/.test(name)
          ? call.args.find((one) => one.name === name)
          : call.args[name === '' ? at++ : Number(name)];
        return arg?.value.kind === 'literal' ? String(arg.value.value) : '*';
      });
      return literal(filled);
    }
    default:
      return UNKNOWN;
  }
}
