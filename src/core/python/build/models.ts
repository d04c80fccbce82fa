import { withLazy } from '../../lazy';
import type { ModelFact, ModuleEntry } from '../facts';
import type { Program } from '../program';
import type { Scope } from '../scopes';
import type { PythonSource } from '../source';
import type { CallExpr, Stmt } from '../syntax/ast';
import { ownStatements } from '../syntax/walk';
import { orElse } from '../work';
import { construct } from './calls';
import { isModuleClass } from './classes';
import { flattenModule, type ModuleTree } from './entries';
import { Interpreter } from './interpret';
import { bindKnownParameters, bindParameters } from './parameters';
import type { ModuleValue } from './value';

/** The module tree of a class, built with what the file's calls and defaults say about its parameters. */
export function classTree(source: PythonSource, scope: Scope, program: Program | null = null): ModuleTree {
  const run = new Interpreter(program);
  const self = run.opaque(scope.node?.name ?? '', null, scope.node as Stmt, source, scope);
  construct(run, scope, self, null);
  return flattenModule(scope.node?.name ?? '', withoutGuesses(source, scope, self), program);
}

/** Leaves out attributes that only look like modules and are never called. */
function withoutGuesses(source: PythonSource, scope: Scope, self: ModuleValue): ModuleValue {
  const children = self.children.filter((child) => child.value.known || isCalled(source, scope, child.key));
  return children.length === self.children.length ? self : { ...self, children, fields: self.fields };
}

function isCalled(source: PythonSource, scope: Scope, attr: string): boolean {
  return source
    .callsNamed(attr)
    .some(
      ({ call }) =>
        call.start >= scope.start &&
        call.end <= scope.end &&
        call.func.kind === 'attribute' &&
        source.isSelf(call.func.object),
    );
}

export interface CollectedModels {
  readonly models: readonly ModelFact[];
  /** Entries of models without a class. */
  readonly entries: readonly ModuleEntry[];
}

/** Variables that hold a model: instances of the file's classes, and containers built on the spot or by a helper. */
export function collectModels(source: PythonSource, program: Program | null = null): CollectedModels {
  const models: ModelFact[] = [];
  const entries: ModuleEntry[] = [];
  for (const scope of source.scopes) {
    if (scope.kind === 'class') {
      continue;
    }
    const statements = ownStatements(scope.body).filter((stmt) => mayBuild(source, stmt, program));
    if (statements.length === 0) {
      continue;
    }
    const run = new Interpreter(program);
    const owner = scope.parent?.kind === 'class' ? scope.parent : null;
    if (owner !== null && isModuleClass(owner, program)) {
      continue;
    }
    const self = owner === null ? null : run.opaque('', null, scope.node as Stmt, source);
    const env = run.newEnv(source, null, self, owner);
    bindKnownParameters(run, scope, env, owner === null ? 0 : 1);
    run.run(upTo(scope.body, statements), env);
    for (const stmt of statements) {
      const target = stmt.kind === 'assign' ? stmt.targets[0] : undefined;
      const name = target === undefined ? '' : source.source(target);
      const held =
        target === undefined
          ? undefined
          : target.kind === 'name'
            ? env.vars.get(target.id)
            : target.kind === 'attribute'
              ? self?.fields.get(target.attr)
              : undefined;
      if (
        held?.kind !== 'module' ||
        models.some((model) => model.name === name && model.scope === scopeName(scope))
      ) {
        continue;
      }
      const isClass = held.scope !== null;
      const isContainer = /\.(?:Sequential|ModuleList)$/.test(held.type);
      if (!isClass && !isContainer && !isOnlyLayer(held)) {
        continue;
      }
      const root = isClass ? held.type : name;
      const given = {
        name,
        type: held.type,
        root,
        statement: source.statement(stmt),
        scope: scopeName(scope),
      };
      if (isClass) {
        const instances = (): ModelFact['instances'] =>
          orElse(() => flattenModule(root, held, program).instances, []);
        models.push(withLazy<typeof given, Pick<ModelFact, 'instances'>>(given, { instances }));
      } else {
        const tree = flattenModule(root, held, program);
        models.push({ ...given, instances: tree.instances });
        entries.push(...tree.entries);
      }
    }
  }
  return { models, entries };
}

/** The statements of a body up to the last one that holds one of those wanted: training code below it builds nothing. */
function upTo(body: readonly Stmt[], wanted: readonly Stmt[]): readonly Stmt[] {
  const last = wanted.at(-1);
  return last === undefined ? [] : body.filter((stmt) => stmt.start <= last.start);
}

function isOnlyLayer(held: ModuleValue): boolean {
  return /^torch\.nn\.(?!Parameter$|\w*Loss$)[A-Z]/.test(held.type);
}

function scopeName(scope: Scope): string | null {
  return scope.name === '' ? null : scope.name;
}

/** `name = <constructor or helper>(...)`, with something of torch.nn or a model class of the file in it. */
function mayBuild(source: PythonSource, stmt: Stmt, program: Program | null): boolean {
  if (
    stmt.kind !== 'assign' ||
    stmt.value === null ||
    (stmt.targets[0]?.kind !== 'name' && stmt.targets[0]?.kind !== 'attribute')
  ) {
    return false;
  }
  return source.callsIn(stmt).some((call) => buildsModule(source, call, program));
}

function buildsModule(source: PythonSource, call: CallExpr, program: Program | null): boolean {
  const name = source.nameOf(call.func);
  if (name === null) {
    return false;
  }
  if (/^(?:torch\.nn|keras\.layers)\.[A-Z]|^keras\.Sequential$/.test(name) && !name.endsWith('Loss')) {
    return true;
  }
  const definition = source.classNamed(name) ?? program?.definition(name, source)?.scope ?? null;
  if (definition?.kind === 'class') {
    return isModuleClass(definition, program);
  }
  if (definition?.kind === 'function') {
    return definition.source.buildsModules(definition);
  }
  const helper = source.helperOf(call);
  return helper?.node != null && /\bnn\.|\bSequential\b/.test(source.source(helper.node));
}

/** What a function that takes no certain arguments builds and returns (`def resnet18(**kwargs)`); null when it is no module. */
export function builtBy(scope: Scope, program: Program): ModuleTree | null {
  if (scope.node?.kind !== 'function') {
    return null;
  }
  const run = new Interpreter(program);
  const env = run.newEnv(scope.source, null, null, null);
  bindParameters(run, scope, [], env, 0);
  const value = run.callScope(scope, env);
  return value.kind === 'module' && value.scope !== null ? flattenModule(value.type, value, program) : null;
}
