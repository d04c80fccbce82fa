import { withLazy } from '../lazy';
import { classKind } from './build/classes';
import type { ModuleTree } from './build/entries';
import { classTree } from './build/models';
import type { ClassFact, FunctionFact } from './facts';
import { forwardFacts } from './forward';
import { argumentFact } from './literals';
import type { Scope } from './scopes';
import type { PythonSource } from './source';
import { orElse } from './work';

/** Facts of every class, nested ones included. */
export function collectClasses(source: PythonSource): ClassFact[] {
  return source.scopes.flatMap((scope) => {
    const fact = scope.kind === 'class' ? classFact(source, scope) : null;
    return fact === null ? [] : [fact];
  });
}

/** Functions outside classes. */
export function collectFunctions(source: PythonSource): FunctionFact[] {
  return source.scopes.flatMap((scope) => {
    const isFree = scope.kind === 'function' && scope.parent?.kind !== 'class';
    const fact = isFree ? functionFact(source, scope) : null;
    return fact === null ? [] : [fact];
  });
}

const NO_TREE: ModuleTree = { entries: [], instances: [] };

/** What the constructor has to be run for. */
type LazyTree = Pick<ClassFact, 'modules' | 'instances' | 'flow'>;

function classFact(source: PythonSource, scope: Scope): ClassFact | null {
  const { node } = scope;
  if (node?.kind !== 'class') {
    return null;
  }
  const kind = orElse(() => classKind(source, scope), 'other');
  let built: ModuleTree | null = null;
  const tree = (): ModuleTree => {
    built ??= kind === 'other' ? NO_TREE : orElse(() => classTree(source, scope), NO_TREE);
    return built;
  };
  const methods = source.scopesIn(scope).flatMap((inner) => {
    const fact = inner.kind === 'function' ? functionFact(source, inner) : null;
    return fact === null ? [] : [fact];
  });
  const last = node.body.at(-1);
  const first = node.body[0];
  const forward =
    source.methodOf(scope, 'forward') ?? (kind === 'keras' ? source.methodOf(scope, 'call') : null);
  const given: Omit<ClassFact, keyof LazyTree> = {
    name: node.name,
    range: source.range(node),
    statement: source.statement(node),
    bases: node.bases.flatMap((base) =>
      base.name === null ? [source.nameOf(base.value) ?? source.source(base.value)] : [],
    ),
    kind,
    memberIndent: first === undefined ? '' : source.statement(first).indent,
    init: methods.find((method) => method.name === '__init__') ?? null,
    forward:
      methods.find(
        (method) => method.name === 'forward' || method.name === '__call__' || method.name === 'call',
      ) ?? null,
    methods,
    lastStatement: last === undefined ? null : source.statement(last),
  };
  return withLazy<typeof given, LazyTree>(given, {
    modules: () => tree().entries,
    instances: () => tree().instances,
    flow: () =>
      forward === null || kind === 'other'
        ? null
        : orElse(() => forwardFacts(source, forward, tree().entries), null),
  });
}

function functionFact(source: PythonSource, scope: Scope): FunctionFact | null {
  const { node } = scope;
  if (node?.kind !== 'function') {
    return null;
  }
  const first = node.body[0];
  const last = node.body.filter((stmt) => stmt.kind !== 'return').at(-1);
  return {
    name: node.name,
    className: scope.parent?.kind === 'class' ? (scope.parent.node?.name ?? null) : null,
    range: source.range(node),
    params: node.params.map((param) => ({
      name: param.name,
      default:
        param.default === null
          ? null
          : argumentFact(source, {
              start: param.start,
              end: param.end,
              name: param.name,
              star: 0,
              value: param.default,
            }),
    })),
    bodyIndent: first === undefined ? '' : source.statement(first).indent,
    firstStatement: first === undefined ? null : source.statement(first),
    lastStatement: last === undefined ? null : source.statement(last),
  };
}
