import { callParser } from './commandLine';
import { isInitialiser } from './initialisers';
import { fillContainer, register } from './modules';
import { cloneModule, namedParameters } from './moduleTree';
import type { Reader } from './reader';
import { containerItems, iterate, moduleChildren } from './sequences';
import { type Args, args, list, type ObjectValue, tuple, unknown, type Value } from './values';

/** Methods of `nn.Module` and its containers that reading knows. */
export const moduleMethods = new Set([
  'apply',
  'modules',
  'named_modules',
  'parameters',
  'named_parameters',
  'children',
  'named_children',
  'add_module',
  'register_module',
  'register_buffer',
  'register_parameter',
  'to',
  'cuda',
  'cpu',
  'train',
  'eval',
  'half',
  'float',
  'double',
  'requires_grad_',
  'append',
  'extend',
  'insert',
  'items',
  'values',
  'keys',
  'update',
  'pop',
  'forward',
  'reset_parameters',
  'flatten_parameters',
  'save_hyperparameters',
  'log',
  'zero_grad',
  '_reset_parameters',
  'compile',
]);

/** A module and all below it, itself first. */
function withDescendants(object: ObjectValue, prefix = ''): [string, ObjectValue][] {
  const out: [string, ObjectValue][] = [[prefix, object]];
  for (const [name, child] of moduleChildren(object)) {
    out.push(...withDescendants(child, prefix === '' ? name : `${prefix}.${name}`));
  }
  return out;
}

/** Name that the next item of a list of modules or parameters gets. */
function nextIndex(object: ObjectValue): string {
  return String([...object.fields.keys()].filter((name) => /^\d+$/.test(name)).length);
}

export function callModuleMethod(reader: Reader, object: ObjectValue, name: string, given: Args): Value {
  if (object.cls.native === 'argparse') return callParser(object, name, given);
  const first = given.positional[0] ?? null;
  switch (name) {
    case 'apply':
      // Children before the module itself, as PyTorch does.
      for (const [, module] of withDescendants(object).reverse()) reader.call(first, args(module));
      return object;
    case 'modules':
      return list(withDescendants(object).map(([, m]) => m));
    case 'named_modules':
      return list(withDescendants(object).map(([n, m]) => tuple([n, m])));
    case 'parameters':
      return list(namedParameters(object).map(([, p]) => ({ kind: 'parameter', parameter: p })));
    case 'named_parameters':
      return list(namedParameters(object).map(([n, p]) => tuple([n, { kind: 'parameter', parameter: p }])));
    case 'children':
    case 'values':
      return list(containerItems(object).map(([, m]) => m));
    case 'named_children':
    case 'items':
      return list(containerItems(object).map(([n, m]) => tuple([n, m])));
    case 'keys':
      return list(containerItems(object).map(([n]) => n));
    case 'update':
      fillContainer(object, given);
      return null;
    case 'pop': {
      const key = typeof first === 'number' ? (containerItems(object).at(first)?.[0] ?? null) : first;
      const value = typeof key === 'string' ? (object.fields.get(key) ?? null) : null;
      if (typeof key === 'string') object.fields.delete(key);
      return value;
    }
    case 'add_module':
    case 'register_module':
    case 'register_buffer':
    case 'register_parameter':
      if (typeof first === 'string')
        object.fields.set(first, given.positional[1] ?? given.keywords.get('tensor') ?? null);
      return null;
    case 'append':
      object.fields.set(nextIndex(object), first ?? unknown('a module'));
      return object;
    case 'extend':
      for (const item of iterate(reader, first)) object.fields.set(nextIndex(object), item);
      return object;
    case 'insert': {
      const items = moduleChildren(object).map(([, m]): Value => m);
      items.splice(typeof first === 'number' ? first : 0, 0, given.positional[1] ?? null);
      object.fields.clear();
      items.forEach((item, i) => {
        object.fields.set(String(i), item);
      });
      return object;
    }
    case 'forward':
      return reader.callNativeObject(object, given);
    case 'requires_grad_':
      for (const [, p] of namedParameters(object)) p.requiresGrad = first !== false;
      return object;
    default:
      return isInitialiser(name) ? null : object;
  }
}

export { cloneModule, register };
