import { withLazy } from '../../lazy';
import type { ModelFact, ModuleEntry } from '../facts';
import type { Program } from '../program';
import type { Scope } from '../scopes';
import type { PythonSource } from '../source';
import type { CallExpr, Stmt } from '../syntax/ast';
import { orElse } from '../work';
import { construct } from './calls';
import { isModuleClass } from './classes';
import { flattenModule, type ModuleTree } from './entries';
import { Interpreter } from './interpret';
import { isOnlyLayer, isRawWeight, type LooseVariable, looseModels } from './looseModels';
import { bindKnownParameters, bindParameters } from './parameters';
import { type Env, MadeModule, type ModuleValue } from './value';

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
    const statements = scope.statements.filter((stmt) => mayBuild(source, stmt, program));
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
    const variables = variablesOf(source, statements, env, self);
    const loose = looseModels(source, scope, run, env, variables);
    for (const { fact, tree } of loose) {
      models.push(fact);
      entries.push(...tree.entries);
    }
    for (const { name, value: held, stmt } of variables) {
      const isKnown = models.some((model) => model.name === name && model.scope === scopeName(scope));
      if (held.kind !== 'module' || isKnown) {
        continue;
      }
      const isClass = held.scope !== null;
      const isContainer = /\.(?:Sequential|ModuleList)$/.test(held.type);
      if (!isClass && !isContainer && !isOnlyLayer(held)) {
        continue;
      }
      // A layer beside others is known by the model that they are together.
      const whole =
        isClass || isContainer ? undefined : loose.find(({ fact }) => fact.members.includes(name));
      const root = isClass ? held.type : (whole?.fact.root ?? name);
      const given = {
        name,
        type: held.type,
        root,
        members: [],
        flow: null,
        statement: source.statement(stmt),
        scope: scopeName(scope),
      };
      if (whole !== undefined) {
        models.push({ ...given, instances: whole.fact.instances });
        continue;
      }
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

/** What the targets of statements hold after they ran, each name once. */
function variablesOf(
  source: PythonSource,
  statements: readonly Stmt[],
  env: Env,
  self: ModuleValue | null,
): readonly LooseVariable[] {
  const found = new Map<string, LooseVariable>();
  for (const stmt of statements) {
    const targets = stmt.kind === 'assign' ? stmt.targets.slice(0, 1) : [];
    for (const target of targets.flatMap((one) => (one.kind === 'tuple' ? one.items : [one]))) {
      const key = target.kind === 'name' ? target.id : target.kind === 'attribute' ? target.attr : null;
      const isOwn = target.kind === 'attribute' && source.isSelf(target.object);
      const isWeight =
        stmt.kind === 'assign' && stmt.value !== null && targets[0] === target && isRawWeight(stmt.value);
      const held =
        key === null
          ? undefined
          : isWeight
            ? new MadeModule('torch.nn.Parameter', null, stmt, source, null, [], true)
            : target.kind === 'name'
              ? env.vars.get(key)
              : isOwn
                ? self?.fields.get(key)
                : undefined;
      const name = source.source(target);
      if (key !== null && held !== undefined && !found.has(name)) {
        found.set(name, { name, key, value: held, stmt });
      }
    }
  }
  return [...found.values()];
}

function scopeName(scope: Scope): string | null {
  return scope.name === '' ? null : scope.name;
}

/** `name = <constructor or helper>(...)`, with something of torch.nn or a model class of the file in it. */
function mayBuild(source: PythonSource, stmt: Stmt, program: Program | null): boolean {
  if (
    stmt.kind !== 'assign' ||
    stmt.value === null ||
    !/^(?:name|attribute|tuple)$/.test(stmt.targets[0]?.kind ?? '')
  ) {
    return false;
  }
  return isRawWeight(stmt.value) || source.callsIn(stmt).some((call) => buildsModule(source, call, program));
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
