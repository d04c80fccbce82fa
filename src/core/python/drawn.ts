import { argumentsFor } from './definitions';
import type { PythonFacts } from './facts';
import type { CallExpr, Expr } from './syntax/ast';

/** Generators of random numbers that are objects of their own. */
const GENERATOR = /^(?:random\.Random|numpy\.random\.(?:default_rng|RandomState))$/;

/** `rng.gauss(…)` of a generator that this code makes, or that all calls hand to the function. */
export function drawsFromGenerator(facts: PythonFacts, { func }: CallExpr): boolean {
  return func.kind === 'attribute' && generators(facts, func.object).some((one) => isGenerator(facts, one));
}

function generators(facts: PythonFacts, expr: Expr): readonly Expr[] {
  const value = facts.valueOf(expr);
  if (value !== null) {
    return [value];
  }
  const { source } = facts;
  const given = expr.kind === 'name' ? argumentsFor(source, source.scopeAt(expr.start), expr.id) : null;
  return given?.flatMap((one) => facts.valueOf(one) ?? []) ?? [];
}

function isGenerator(facts: PythonFacts, expr: Expr): boolean {
  return expr.kind === 'call' && GENERATOR.test(facts.nameOf(expr.func) ?? '');
}

/** What a list that begins empty is filled with, one `append` at a time. */
export function appendedTo(facts: PythonFacts, list: Expr & { kind: 'name' }): readonly Expr[] {
  const scope = facts.source.scopeAt(list.start);
  return facts.source.callsNamed('append').flatMap(({ call }) => {
    const { func } = call;
    const [item] = call.args;
    const isSame =
      func.kind === 'attribute' &&
      func.object.kind === 'name' &&
      func.object.id === list.id &&
      facts.source.scopeAt(call.start) === scope;
    return isSame && item !== undefined && item.star === 0 ? [item.value] : [];
  });
}
