import type { Parameter } from '../tape';
import { attributeOf, setAttribute, transposed } from './attributes';
import { dictMethod, listMethod, stringMethod } from './containers';
import { distributionMethod } from './distributions';
import { lookUp } from './expressions';
import { initialise, isInitialiser } from './initialisers';
import { findMember } from './members';
import { callModuleMethod } from './modules';
import { constructNative } from './objects';
import { binaryOperation } from './operators';
import type { Reader } from './reader';
import { recordMethod } from './records';
import { iterate, truth } from './sequences';
import { callTensorMethod } from './tensors';
import {
  type Args,
  args,
  type ClassValue,
  isKind,
  isList,
  lineage,
  list,
  nativeBase,
  numberArgument,
  tuple,
  Unreadable,
  unknown,
  type Value,
} from './values';

/** A function of Python itself (`self` null), or a method of a value the language or library gives. */
export function callBuiltin(reader: Reader, self: Value, name: string, given: Args): Value {
  if (self === null) return callFunction(reader, name, given);
  if (isList(self)) return listMethod(reader, self.items, self.kind === 'tuple', name, given);
  if (typeof self === 'string') return stringMethod(reader, self, name, given);
  if (isKind(self, 'dict')) return dictMethod(reader, self, name, given);
  if (isKind(self, 'object'))
    return (
      recordMethod(self, name, given) ??
      distributionMethod(reader, self, name, given) ??
      callModuleMethod(reader, self, name, given)
    );
  if (isKind(self, 'super')) {
    if (name === '__init__') {
      const rest = lineage(self.self.cls).slice(lineage(self.self.cls).indexOf(self.after) + 1);
      const init = rest.map((c) => c.members.get('__init__')).find((m) => m !== undefined);
      if (init === undefined) constructNative(reader, self.self, given);
      return null;
    }
    if (name === 'forward' || name === '__call__') return reader.callNativeObject(self.self, given);
    return callModuleMethod(reader, self.self, name, given);
  }
  if (isKind(self, 'parameter')) return parameterMethod(self, name, given);
  if (isKind(self, 'tensor') || isKind(self, 'input') || isKind(self, 'indices')) {
    return callTensorMethod(reader, self, name, given);
  }
  if (typeof self === 'number') return self;
  if (isKind(self, 'class')) return classMethod(reader, self, name, given);
  return reader.passOver(`.${name}()`, given);
}

/** `nn.Module.__init__(self)` and the like, written the long way. */
function classMethod(reader: Reader, cls: ClassValue, name: string, given: Args): Value {
  const self = given.positional[0];
  if (name === '__init__' && isKind(self, 'object')) {
    constructNative(reader, self, { positional: given.positional.slice(1), keywords: given.keywords });
    return null;
  }
  return unknown(`${cls.name}.${name}`);
}

function parameterMethod(
  self: { readonly kind: 'parameter'; readonly parameter: Parameter },
  name: string,
  given: Args,
): Value {
  const { parameter } = self;
  if (isInitialiser(name)) {
    initialise(name, parameter, given);
    return self;
  }
  if (name === 'dim' || name === 'ndimension') return parameter.sizes.length;
  if (name === 'numel' || name === 'nelement') return parameter.sizes.reduce((a, b) => a * b, 1);
  if (name === 'size') {
    const index = given.positional[0];
    return typeof index === 'number' ? (parameter.sizes.at(index) ?? 1) : tuple([...parameter.sizes]);
  }
  if (name === 't') return transposed(self);
  if (name === 'requires_grad_') parameter.requiresGrad = given.positional[0] !== false;
  return self;
}

function numbersOf(reader: Reader, given: Args): number[] {
  const first = given.positional[0];
  const items =
    given.positional.length === 1 && first !== undefined ? iterate(reader, first) : given.positional;
  return items.filter((v): v is number => typeof v === 'number');
}

function callFunction(reader: Reader, name: string, given: Args): Value {
  const first = given.positional[0] ?? null;
  const second = given.positional[1] ?? null;
  switch (name) {
    case 'range': {
      const values = given.positional.map((v) => (typeof v === 'number' ? v : Number.NaN));
      if (values.some(Number.isNaN)) {
        const input = given.positional.find((v) => isKind(v, 'unknown'));
        throw new Unreadable(
          `range over something unknown${isKind(input, 'unknown') ? ` (${input.why})` : ''}`,
        );
      }
      const [start, stop, step] =
        values.length === 1 ? [0, values[0] ?? 0, 1] : [values[0] ?? 0, values[1] ?? 0, values[2] ?? 1];
      const out: Value[] = [];
      for (let i = start; step > 0 ? i < stop : i > stop; i += step) {
        if (step === 0 || out.length > 20_000) break;
        out.push(i);
      }
      return list(out);
    }
    case 'len':
      if (isKind(first, 'object')) {
        const own = findMember(first.cls, '__len__', null);
        if (isKind(own, 'function')) return reader.callFunction(own, args(first));
      }
      if (isKind(first, 'tensor')) return first.flow.shape[0]?.size ?? 0;
      if (isKind(first, 'indices')) return first.shape[0]?.size ?? 0;
      if (isKind(first, 'input')) return reader.tape.batch;
      if (isKind(first, 'sizes')) return iterate(reader, first).length;
      return first === null || isKind(first, 'unknown') ? unknown('a length') : iterate(reader, first).length;
    case 'int':
      // The batch is no whole number here (see Reader).
      if (typeof first === 'number') return first === reader.tape.batch ? first : Math.trunc(first);
      return typeof first === 'string' || typeof first === 'boolean' ? Math.trunc(Number(first)) : first;
    case 'float':
      if (typeof first === 'string' && /inf/i.test(first))
        return first.trim().startsWith('-') ? -Infinity : Infinity;
      return typeof first === 'string' || typeof first === 'boolean' ? Number(first) : first;
    case 'bool':
      return truth(first) ?? unknown('a test');
    case 'str':
    case 'repr':
      return typeof first === 'object' ? unknown('text') : String(first);
    case 'abs':
      return typeof first === 'number' ? Math.abs(first) : first;
    case 'round':
      return typeof first === 'number' ? Math.round(first) : first;
    case 'pow':
      return binaryOperation(reader, '**', first, second, false);
    case 'min':
      return Math.min(...numbersOf(reader, given));
    case 'max':
      return Math.max(...numbersOf(reader, given));
    case 'sum':
      return iterate(reader, first).reduce<Value>(
        (total, item) => (total === 0 ? item : binaryOperation(reader, '+', total, item, false)),
        0,
      );
    case 'list':
      return list(first === null ? [] : iterate(reader, first));
    case 'tuple':
      return tuple(first === null ? [] : iterate(reader, first));
    case 'set':
      return list(first === null ? [] : [...new Set(iterate(reader, first))]);
    case 'sorted': {
      const items = iterate(reader, first);
      return list(
        items.every((v) => typeof v === 'number') ? items.sort((a, b) => Number(a) - Number(b)) : items,
      );
    }
    case 'reversed':
      return list(iterate(reader, first).reverse());
    case 'enumerate': {
      const start = numberArgument(given, 1, 'start', 0);
      return list(iterate(reader, first).map((item, i) => tuple([i + start, item])));
    }
    case 'zip': {
      const columns = given.positional.map((v) => iterate(reader, v));
      const n = Math.min(...columns.map((c) => c.length));
      return list(
        Array.from({ length: Number.isFinite(n) ? n : 0 }, (_, i) => tuple(columns.map((c) => c[i] ?? null))),
      );
    }
    case 'map':
      return list(iterate(reader, second).map((item) => reader.call(first, args(item))));
    case 'filter':
      return list(iterate(reader, second).filter((item) => truth(reader.call(first, args(item))) !== false));
    case 'any':
    case 'all': {
      const tests = iterate(reader, first).map(truth);
      if (tests.includes(null)) return unknown('a test');
      return name === 'any' ? tests.includes(true) : !tests.includes(false);
    }
    case 'dict': {
      const entries = new Map<Value, Value>();
      if (isKind(first, 'dict')) for (const [k, v] of first.entries) entries.set(k, v);
      else if (isList(first))
        for (const pair of first.items)
          if (isList(pair)) entries.set(pair.items[0] ?? null, pair.items[1] ?? null);
      for (const [k, v] of given.keywords) entries.set(k, v);
      return { kind: 'dict', entries };
    }
    case 'isinstance':
      return isInstance(reader, first, second);
    case 'issubclass':
      return isKind(first, 'class') && isKind(second, 'class')
        ? lineage(first).includes(second)
        : unknown('a class');
    case 'getattr': {
      if (typeof second !== 'string') return unknown('getattr');
      const value = attributeOf(reader, first, second);
      const otherwise = given.positional[2];
      return isKind(value, 'unknown') && otherwise !== undefined ? otherwise : value;
    }
    case 'hasattr': {
      if (typeof second !== 'string') return unknown('hasattr');
      const value = attributeOf(reader, first, second);
      if (isKind(first, 'object') && value === null)
        return nativeBase(first.cls) !== null && hasWeight(first.fields, second);
      return !isKind(value, 'unknown');
    }
    case 'setattr':
      if (typeof second === 'string') setAttribute(first, second, given.positional[2] ?? null);
      return null;
    case 'type':
      if (isKind(first, 'partial')) return { kind: 'native', name: 'functools.partial' };
      return isKind(first, 'object') ? first.cls : builtinType(first);
    case 'callable':
      return (
        isKind(first, 'function') ||
        isKind(first, 'class') ||
        isKind(first, 'object') ||
        isKind(first, 'native')
      );
    case 'print':
    case 'id':
    case 'iter':
    case 'next':
      return name === 'iter' ? first : name === 'next' ? (iterate(reader, first)[0] ?? null) : null;
    case 'globals':
      return { kind: 'dict', entries: new Map(reader.globals.vars) };
    case 'vars':
      return isKind(first, 'object') ? { kind: 'dict', entries: new Map(first.fields) } : unknown('vars()');
    case 'eval':
      return typeof first === 'string' && /^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$/.test(first)
        ? dottedName(reader, first)
        : unknown('eval()');
    case 'divmod':
      return tuple([
        binaryOperation(reader, '//', first, second, false),
        binaryOperation(reader, '%', first, second, false),
      ]);
    case 'Ellipsis':
      return unknown('...');
    default:
      return reader.passOver(`${name}()`, given);
  }
}

/** `eval('nn.ReLU')`: a name of the file and what hangs on it. */
function dottedName(reader: Reader, name: string): Value {
  const [head = '', ...rest] = name.split('.');
  return rest.reduce<Value>(
    (value, part) => attributeOf(reader, value, part),
    lookUp(reader, head, reader.globals),
  );
}

function hasWeight(fields: ReadonlyMap<string, Value>, name: string): boolean {
  return fields.has(name);
}

export function isInstance(reader: Reader, value: Value, type: Value): Value {
  if (isList(type)) {
    const tests = type.items.map((t) => isInstance(reader, value, t));
    return tests.includes(true)
      ? true
      : tests.some((t) => isKind(t ?? null, 'unknown'))
        ? unknown('a type')
        : false;
  }
  if (isKind(type, 'native') && type.name.startsWith('builtins.')) {
    const name = type.name.slice(9);
    if (name === 'int' || name === 'float')
      return (
        typeof value === 'number' && (name === 'float' ? !Number.isInteger(value) : Number.isInteger(value))
      );
    if (name === 'str') return typeof value === 'string';
    if (name === 'bool') return typeof value === 'boolean';
    if (name === 'list' || name === 'tuple' || name === 'dict') return isKind(value, name);
  }
  if (isKind(type, 'native') && /(^|\.)Tensor$/.test(type.name))
    return isKind(value, 'tensor') || isKind(value, 'input');
  const cls = isKind(type, 'class') || isKind(type, 'native') ? reader.asClass(type) : null;
  if (cls === null) return unknown('a type');
  if (!isKind(value, 'object')) return cls.native?.startsWith('nn.') === false ? unknown('a type') : false;
  const order = lineage(value.cls);
  if (order.includes(cls)) return true;
  const wanted = cls.native;
  if (wanted === null) return false;
  const native = nativeBase(value.cls) ?? '';
  return native === wanted || familyOf(native).includes(wanted) || order.some((c) => c.native === wanted);
}

/** Library base classes of a library class that init code asks about. */
function familyOf(native: string): readonly string[] {
  if (!native.startsWith('nn.')) return [];
  const out = ['nn.Module'];
  if (/Conv(Transpose)?\dd$/.test(native)) out.push('nn._ConvNd');
  if (/BatchNorm/.test(native)) out.push('nn._BatchNorm');
  if (/^nn\.(LSTM|GRU|RNN)$/.test(native)) out.push('nn.RNNBase');
  return out;
}

/** The type of a value of the language itself; numbers without a fraction are integers, as they are written. */
function builtinType(value: Value): Value {
  const name =
    isKind(value, 'list') || isKind(value, 'tuple') || isKind(value, 'dict')
      ? value.kind
      : plainTypes[typeof value];
  if (name === undefined || value === null) return unknown('a type');
  const whole = typeof value === 'number' && Number.isInteger(value);
  return { kind: 'native', name: `builtins.${whole ? 'int' : name}` };
}

const plainTypes: Readonly<Record<string, string>> = { string: 'str', number: 'float', boolean: 'bool' };
