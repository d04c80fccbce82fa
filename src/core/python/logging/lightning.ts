import { insertAfter } from '../../remedies/edits/place';
import type { ClassFact, PythonFacts } from '../facts';
import { LOGGING_MARKER, type LoggingEdit } from './edit';

/** Lightning calls a hook after unscaling and before clipping, and has the norms ready. */
export function logInLightning(facts: PythonFacts, owner: ClassFact): LoggingEdit {
  const name = 'on_before_optimizer_step';
  if (owner.lastStatement === null || facts.imports.last === null) {
    return { why: `${owner.name} has no body to add a hook to.` };
  }
  if (owner.methods.some((method) => method.name === name)) {
    return {
      why: `${owner.name}.${name} exists already: add self.log_dict(grad_norm(self, norm_type=2)) there.`,
    };
  }
  const isNew = [...facts.imports.bindings.values()].some((origin) => /^lightning(?:\.|$)/.test(origin));
  const module = isNew ? 'lightning.pytorch.utilities' : 'pytorch_lightning.utilities';
  const unit = facts.indentUnit;
  const method = insertAfter(
    facts,
    owner.lastStatement,
    [
      '',
      `def ${name}(self, optimizer):  ${LOGGING_MARKER}`,
      `${unit}self.log_dict(grad_norm(self, norm_type=2))`,
    ],
    owner.memberIndent,
  );
  const known = [...facts.imports.bindings].some(
    ([local, origin]) => local === 'grad_norm' && origin.endsWith('.grad_norm'),
  );
  const imported = known ? [] : [insertAfter(facts, facts.imports.last, [`from ${module} import grad_norm`])];
  const edits = [...imported, method].filter((edit) => edit !== null);
  return edits.length === imported.length + 1
    ? { title: `Log gradient norms from ${owner.name}`, edits }
    : { why: `${owner.name} shares its last line with other statements.` };
}
