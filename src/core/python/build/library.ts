import { builtin } from './builtins';
import { addNamed, type Call, moduleOf, positionalList } from './call';
import type { Interpreter } from './interpret';
import { itemOfChild, listOf, stringOf, UNKNOWN, type Value } from './value';

/** Functions that wrap a module and return it, or a stand-in with the same parameters. */
const WRAPPERS =
  /^(?:copy\.(?:deep)?copy|torch\.compile|torch\.jit\.script|torch\.nn\.utils\.(?:parametrizations\.)?(?:weight_norm|spectral_norm|orthogonal)|torch\.nn\.utils\.parametrizations\.\w+)$/;

const LAYER = /^(?:torch\.nn\.(?:[A-Z]\w*|(?:parameter|quantized|intrinsic|qat)\.\w+)|keras\.layers\.[A-Z])/;

/** What a class or function of a library returns. */
export function library(run: Interpreter, name: string, call: Call): Value {
  const first = call.args[0]?.value;
  switch (name) {
    case 'torch.nn.Sequential':
    case 'keras.Sequential':
      return sequential(run, name, call);
    case 'torch.nn.ModuleList':
    case 'torch.nn.ParameterList': {
      const value = moduleOf(name, call);
      if (first?.kind === 'list') {
        run.addChildren(value, first, call.env, true);
      } else if (first?.kind === 'module') {
        run.addChildren(value, listOf(first.children.map(itemOfChild)), call.env, true);
      } else if (first !== undefined) {
        run.addChildren(value, listOf([], 0), call.env, true);
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
      const isSeen = first?.kind === 'record' || (first?.kind === 'module' && first.scope !== null);
      return isSeen && key !== null ? (first.fields.get(key) ?? call.args[2]?.value ?? UNKNOWN) : UNKNOWN;
    }
    case 'super':
      return UNKNOWN;
    default:
      if (LAYER.test(name)) {
        return moduleOf(name, call);
      }
      if (WRAPPERS.test(name)) {
        return name.startsWith('copy.') && first !== undefined ? copyOf(first) : (first ?? UNKNOWN);
      }
      return builtin(name, call) ?? otherModule(name, call);
  }
}

function sequential(run: Interpreter, name: string, call: Call): Value {
  const value = moduleOf(name, call);
  const list = positionalList(run, call);
  const [only] = list.items;
  if (list.items.length === 1 && only?.value.kind === 'dict') {
    addNamed(run, value, only.value.entries, call);
  } else if (list.items.length === 1 && only?.value.kind === 'list') {
    run.addChildren(value, only.value, call.env, true);
  } else {
    run.addChildren(value, list, call.env, true);
  }
  return value;
}

/** Other packages' classes: layers as far as one can tell from a capital letter. */
function otherModule(name: string, call: Call): Value {
  const word = name.slice(name.lastIndexOf('.') + 1);
  if (/^(?:torch|numpy|math|os|typing|collections)(?:\.|$)/.test(name) || !name.includes('.')) {
    return UNKNOWN;
  }
  const builds =
    /^[A-Z]/.test(word) ||
    /^(?:create_model|from_pretrained|build_\w+|make_\w+|resnet\d+|vgg\d+\w*)$/.test(word);
  return builds ? moduleOf(name, call, false) : UNKNOWN;
}

function copyOf(value: Value): Value {
  if (value.kind === 'module') {
    return { ...value, children: [...value.children], fields: new Map(value.fields) };
  }
  if (value.kind === 'list') {
    return listOf([...value.items], value.certain);
  }
  return value.kind === 'record' ? { ...value, fields: new Map(value.fields) } : value;
}
