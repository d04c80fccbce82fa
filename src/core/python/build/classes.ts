import type { ClassFact } from '../facts';
import { baseClass, methodOf, type Program } from '../program';
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
export function classKind(
  source: PythonSource,
  scope: Scope,
  depth = 0,
  program: Program | null = null,
): ClassFact['kind'] {
  if (scope.node?.kind !== 'class' || depth > MAX_DEPTH) {
    return 'other';
  }
  let imported = false;
  for (const base of scope.node.bases) {
    if (base.name !== null) {
      continue;
    }
    const seen = baseClass(base.value, source, program);
    if (seen !== null && seen !== scope) {
      const kind = classKind(seen.source, seen, depth + 1, program);
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
  return imported && methodOf(scope, 'forward', program) !== null ? 'module' : 'other';
}

export function isModuleClass(scope: Scope, program: Program | null = null): boolean {
  return classKind(scope.source, scope, 0, program) !== 'other';
}
