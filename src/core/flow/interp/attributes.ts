import { parserMethods } from './commandLine';
import { distributionMethods } from './distributions';
import { isInitialiser } from './initialisers';
import { findMember } from './members';
import { moduleMethods } from './modules';
import { sharedAs } from './products';
import type { Reader } from './reader';
import { recordMethods } from './records';
import { moduleChildren, parameterChildren, sizesOf } from './sequences';
import { tensorAttribute } from './tensors';
import {
  type FunctionValue,
  isKind,
  isList,
  nativeBase,
  type ObjectValue,
  tensor,
  unknown,
  type Value,
} from './values';

const numbers: Readonly<Record<string, number>> = {
  'math.pi': Math.PI,
  'math.e': Math.E,
  'math.inf': Infinity,
  'numpy.pi': Math.PI,
  'torch.pi': Math.PI,
  'torch.inf': Infinity,
};

/** `value.name`. */
export function attributeOf(reader: Reader, value: Value, name: string): Value {
  if (typeof value === 'string' || isList(value)) return { kind: 'bound', self: value, method: name };
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) {
    return { kind: 'bound', self: value, method: name };
  }
  switch (value.kind) {
    case 'native':
      return (
        numbers[`${value.name}.${name}`] ??
        reader.imported({
          kind: 'native',
          name: `${value.name}${value.name.endsWith('.') ? '' : '.'}${name}`,
        })
      );
    case 'object':
      return objectAttribute(reader, value, name);
    case 'super':
      return superAttribute(value, name);
    case 'class': {
      if (name === '__name__') return value.name.replace(/^nn\./, '');
      const member = findMember(value, name, null);
      if (isKind(member, 'function') && member.decorators.includes('classmethod'))
        return { kind: 'bound', self: value, method: member };
      return member ?? { kind: 'bound', self: value, method: name };
    }
    case 'tensor':
      return tensorAttribute(reader, value, name);
    case 'parameter':
      return parameterAttribute(reader, value, name);
    case 'input':
      if (name === 'shape') return { kind: 'sizes', input: value };
      if (name === 'is_cuda') return false;
      if (name === 'device' || name === 'dtype') return unknown(name);
      return { kind: 'bound', self: value, method: name };
    case 'indices':
      if (name === 'shape') return sizesOf(value);
      if (name === 'device' || name === 'dtype') return unknown(name);
      return { kind: 'bound', self: value, method: name };
    case 'function':
      return name === '__name__' ? value.name : unknown(name);
    case 'partial':
      if (name === 'func') return value.func;
      return name === 'keywords'
        ? { kind: 'dict', entries: new Map(value.args.keywords) }
        : unknown(`partial.${name}`);
    case 'dict':
      return { kind: 'bound', self: value, method: name };
    case 'unknown':
      return unknown(`${value.why}.${name}`);
    default:
      return { kind: 'bound', self: value, method: name };
  }
}

function parameterAttribute(
  reader: Reader,
  value: Extract<Value, { kind: 'parameter' }>,
  name: string,
): Value {
  if (name === 'data') return value;
  if (name === 'T' || name === 'mT') return transposed(value);
  if (name === 'shape') return { kind: 'tuple', items: [...value.parameter.sizes] };
  if (name === 'ndim') return value.parameter.sizes.length;
  if (name === 'requires_grad') return value.parameter.requiresGrad;
  if (name === 'grad') return null;
  if (isInitialiser(name) || parameterMethods.has(name)) return { kind: 'bound', self: value, method: name };
  return tensorAttribute(
    reader,
    { ...tensor(reader.tape.leaf(value.parameter)), viewOf: value.parameter },
    name,
  );
}

/** A matrix the other way round; what it gathers counts for the matrix. */
export function transposed(value: Extract<Value, { kind: 'parameter' }>): Value {
  const { parameter } = value;
  return parameter.sizes.length === 2
    ? { kind: 'parameter', parameter: sharedAs(parameter, [...parameter.sizes].reverse()) }
    : value;
}

/** Methods of a parameter that keep it one. */
const parameterMethods = new Set([
  'dim',
  'size',
  'numel',
  'detach',
  'requires_grad_',
  't',
  'clone',
  'to',
  'contiguous',
  'ndimension',
  'nelement',
]);

function objectAttribute(reader: Reader, object: ObjectValue, name: string): Value {
  const field = object.fields.get(name);
  if (field !== undefined) return field;
  const member = findMember(object.cls, name, null);
  if (isKind(member, 'function')) return bindMember(reader, object, member);
  if (member !== undefined) return member;
  if (name === '__class__') return object.cls;
  if (name === '__dict__') return { kind: 'dict', entries: new Map(object.fields) };
  if (name === 'training') return true;
  if (name === '_modules') return { kind: 'dict', entries: new Map(moduleChildren(object)) };
  if (name === '_parameters') return { kind: 'dict', entries: new Map(parameterChildren(object)) };
  if (recordMethods.has(name)) return { kind: 'bound', self: object, method: name };
  if (nativeBase(object.cls) === 'distribution' && distributionMethods.has(name))
    return { kind: 'bound', self: object, method: name };
  if (nativeBase(object.cls) === 'argparse' && parserMethods.has(name))
    return { kind: 'bound', self: object, method: name };
  if (nativeBase(object.cls)?.startsWith('nn.') === true) {
    if (moduleMethods.has(name)) return { kind: 'bound', self: object, method: name };
    if (name === 'bias' || name === 'weight') return null;
    return unknown(`${object.cls.name}.${name}`);
  }
  const fallback = findMember(object.cls, '__getattr__', null);
  if (isKind(fallback, 'function')) return unknown(name);
  return unknown(`${object.cls.name}.${name}`);
}

function bindMember(reader: Reader, object: ObjectValue, member: FunctionValue): Value {
  if (member.decorators.some((d) => d === 'staticmethod')) return member;
  if (member.decorators.some((d) => d === 'classmethod'))
    return { kind: 'bound', self: object.cls, method: member };
  if (member.decorators.some((d) => d === 'property' || d.endsWith('cached_property'))) {
    return reader.callFunction(member, { positional: [object], keywords: new Map() });
  }
  return { kind: 'bound', self: object, method: member };
}

function superAttribute(value: Extract<Value, { kind: 'super' }>, name: string): Value {
  const member = findMember(value.self.cls, name, value.after);
  if (isKind(member, 'function')) return { kind: 'bound', self: value.self, method: member };
  return { kind: 'bound', self: value, method: name };
}

/** `target.name = value`. Registering keeps the order of first assignment, as PyTorch does. */
export function setAttribute(target: Value, name: string, value: Value): void {
  if (isKind(target, 'object')) {
    target.fields.set(name, value);
    return;
  }
  if (isKind(target, 'parameter')) {
    if (name === 'requires_grad') target.parameter.requiresGrad = value !== false;
    if (name === 'data' && isKind(value, 'tensor')) {
      const { mean, kernel } = value.flow;
      target.parameter.init = { mean, variance: Math.max(0, kernel[0] - mean * mean) };
    }
    if (name === 'data' && isKind(value, 'parameter')) target.parameter.init = value.parameter.init;
    return;
  }
  if (isKind(target, 'class')) target.members.set(name, value);
  if (isKind(target, 'tensor') && name === 'data' && isKind(value, 'tensor')) target.flow = value.flow;
}
