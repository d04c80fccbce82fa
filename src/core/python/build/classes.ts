import type { ClassFact } from '../facts';
import type { Scope } from '../scopes';
import type { PythonSource } from '../source';

/** Library classes that make their subclasses a model. */
const BASES: readonly (readonly [RegExp, ClassFact['kind']])[] = [
  [/^(?:lightning|pl)\.LightningModule$|\.LightningModule$/, 'lightning'],
  [/^torch\.nn\.[A-Z]\w*$/, 'module'],
  [/^torch\.jit\.ScriptModule$/, 'module'],
  [/^transformers\.\w*(?:PreTrainedModel|Model|ForCausalLM|ForSequenceClassification)$/, 'module'],
  [/^torchvision\.models\.\w+(?:\.\w+)*$/, 'module'],
  [/^keras\.(?:Model|Sequential|layers\.[A-Z]\w*)$/, 'keras'],
  [/^flax\.(?:linen|nnx)\.Module$/, 'flax'],
];

const MAX_DEPTH = 8;

/** What kind of class it is by its bases; a class with a `forward` and an unknown imported base is taken for a module. */
export function classKind(source: PythonSource, scope: Scope, depth = 0): ClassFact['kind'] {
  if (scope.node?.kind !== 'class' || depth > MAX_DEPTH) {
    return 'other';
  }
  let imported = false;
  for (const base of scope.node.bases) {
    if (base.name !== null) {
      continue;
    }
    const inFile = base.value.kind === 'name' ? source.classNamed(base.value.id) : null;
    if (inFile !== null && inFile !== scope) {
      const kind = classKind(source, inFile, depth + 1);
      if (kind !== 'other') {
        return kind;
      }
      continue;
    }
    const name = source.nameOf(base.value);
    const known = name === null ? undefined : BASES.find(([pattern]) => pattern.test(name));
    if (known !== undefined) {
      return known[1];
    }
    imported ||=
      name === null ||
      !/^(?:object|ABC|abc\.|typing\.|Enum|enum\.|torch\.(?:autograd|utils|optim|distributed))/.test(name);
  }
  return imported && source.methodOf(scope, 'forward') !== null ? 'module' : 'other';
}

export function isModuleClass(source: PythonSource, scope: Scope): boolean {
  return classKind(source, scope) !== 'other';
}
