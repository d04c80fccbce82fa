import type { PythonFacts } from '../../python/facts';
import type { Scope } from '../../python/scopes';
import type { Expr, Stmt } from '../../python/syntax/ast';

/** A model that keeps its optimizer, and a method of it that puts a new layer in the place of one the optimizer holds. */
export interface ReplacedInMethod {
  readonly replacing: Stmt;
  /** `self.optimizer`. */
  readonly optimizer: string;
  /** What the constructor sets it to, as written. */
  readonly value: string;
}

const LAYER =
  /^torch\.nn\.(?:Linear|Bilinear|Conv\w+|Embedding\w*|RNN\w*|LSTM\w*|GRU\w*|Sequential|\w*Norm\w*)$/;

/** Every such method that is called, where nothing in the file gives the optimizer the new layer. */
export function replacedInMethods(facts: PythonFacts): readonly ReplacedInMethod[] {
  const { source } = facts;
  if (source.callsNamed('add_param_group').length > 0) {
    return [];
  }
  return source.scopes.flatMap((owner) => {
    const held = owner.kind === 'class' ? heldOptimizer(facts, owner) : null;
    return held === null
      ? []
      : source.scopesIn(owner).flatMap((method) => replacements(facts, owner, method, held));
  });
}

interface Held {
  readonly attr: string;
  readonly value: Expr;
}

/** The optimizer over all parameters of `self` that the constructor, and nothing else in the file, sets. */
function heldOptimizer({ source }: PythonFacts, owner: Scope): Held | null {
  for (const [attr, bindings] of owner.attributes) {
    const [only, another] = bindings;
    const call = only?.value?.kind === 'call' ? only.value : null;
    if (only?.kind !== 'assign' || another !== undefined || call === null) {
      continue;
    }
    const inInit = source.functionAt(call.start)?.node;
    if (inInit?.kind !== 'function' || inInit.name !== '__init__') {
      continue;
    }
    const helper = source.helperOf(call);
    const made = source.source(helper ?? call);
    const isOptimizer = /\boptim\.\w+\(/.test(made) && /\bself\.parameters\(\)/.test(made);
    if (isOptimizer && isSetOnce(source.text, attr)) {
      return { attr, value: call };
    }
  }
  return null;
}

/** Is `.attr =` written in one place only? */
function isSetOnce(text: string, attr: string): boolean {
  return text.match(new RegExp(`\\.${attr}\\s*=[^=]`, 'g'))?.length === 1;
}

function replacements(
  facts: PythonFacts,
  owner: Scope,
  method: Scope,
  held: Held,
): readonly ReplacedInMethod[] {
  const { source } = facts;
  const name = method.node?.kind === 'function' ? method.node.name : '__init__';
  if (name === '__init__' || source.callsNamed(name).length === 0) {
    return [];
  }
  return method.body.flatMap((stmt) => {
    const [target] = stmt.kind === 'assign' ? stmt.targets : [];
    const made = stmt.kind === 'assign' && stmt.value?.kind === 'call' ? facts.nameOf(stmt.value.func) : null;
    const attr = target?.kind === 'attribute' && source.isSelf(target.object) ? target.attr : null;
    const isReplaced = attr !== null && (owner.attributes.get(attr)?.length ?? 0) > 1;
    return isReplaced && LAYER.test(made ?? '')
      ? [{ replacing: stmt, optimizer: `self.${held.attr}`, value: source.source(held.value) }]
      : [];
  });
}
