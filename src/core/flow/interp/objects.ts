import { findMember } from './members';
import { constructModule } from './modules';
import type { Reader } from './reader';
import { recordFields } from './records';
import { type Args, type ClassValue, isKind, nativeBase, type ObjectValue, type Value } from './values';

const moduleNames =
  /^(?:torch\.nn|torch\.nn\.modules(?:\.\w+)?|torchvision\.ops(?:\.\w+)?|timm(?:\.models)?\.layers|lightning(?:\.pytorch)?|pytorch_lightning)\.([A-Z]\w*)$/;

/** `nn.Linear` for `torch.nn.Linear` and the like; null when the name is not a module's. */
export function moduleName(name: string): string | null {
  if (name === 'einops.layers.torch.Rearrange') return 'nn.Rearrange';
  const short = moduleNames.exec(name)?.[1];
  return short === undefined || short === 'Parameter' ? null : `nn.${short}`;
}

/** An object of a class, as its constructor makes it. */
export function constructObject(reader: Reader, cls: ClassValue, given: Args): Value {
  const lazy = cls.native === null ? null : /^nn\.Lazy(\w+)$/.exec(cls.native);
  if (lazy !== null) return constructLazy(reader, `nn.${lazy[1]}`, given);
  const object: ObjectValue = {
    kind: 'object',
    cls,
    fields: new Map(),
    settings: new Map(),
    offset: reader.offset,
  };
  if (cls.native === null) reader.built.push(object);
  const init = findMember(cls, '__init__', null);
  if (isKind(init, 'function')) {
    reader.callFunction(init, { positional: [object, ...given.positional], keywords: given.keywords });
    return object;
  }
  constructNative(reader, object, given);
  return object;
}

/** A lazy layer becomes the plain one at its first input, which tells the width that leads its arguments. */
function constructLazy(reader: Reader, plain: string, given: Args): Value {
  const object = reader.construct(reader.nativeClass(plain), {
    positional: [Number.NaN, ...given.positional],
    keywords: given.keywords,
  });
  if (isKind(object, 'object'))
    for (const field of object.fields.values()) if (isKind(field, 'parameter')) field.parameter.lazy = true;
  return object;
}

/** The constructor of the library class an object derives from; a plain class takes its fields from the arguments. */
export function constructNative(reader: Reader, object: ObjectValue, given: Args): void {
  const native = nativeBase(object.cls);
  if (native?.startsWith('nn.') === true) {
    constructModule(reader, object, native.slice(3), given);
    return;
  }
  (recordFields(object) ?? []).forEach((name, i) => {
    const value = given.keywords.get(name) ?? given.positional[i];
    if (value !== undefined) object.fields.set(name, value);
  });
  const after = findMember(object.cls, '__post_init__', null);
  if (isKind(after, 'function')) reader.callFunction(after, { positional: [object], keywords: new Map() });
}
