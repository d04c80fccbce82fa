import { addTo } from './multimap';
import type { PythonSource } from './source';
import type { ClassStmt, Expr, FunctionStmt, Parameter, Stmt } from './syntax/ast';
import { eachOwnExpression, ownStatements } from './syntax/walk';

/** One place that gives a name its value. */
export interface Binding {
  readonly kind:
    | 'assign'
    | 'unpack'
    | 'augmented'
    | 'loop'
    | 'with'
    | 'parameter'
    | 'import'
    | 'function'
    | 'class';
  /** The value; the iterable of a loop, the whole right side of an unpacking, a parameter's default. */
  readonly value: Expr | null;
  /** Statement that binds; null for a parameter. */
  readonly stmt: Stmt | null;
  /** Dotted origin of an import. */
  readonly origin: string | null;
  /** Place in the target of an unpacking or a loop, outermost tuple first; empty where the name is the whole target. */
  readonly path: readonly number[];
}

export interface Scope {
  readonly kind: 'module' | 'function' | 'class';
  /** The file it is in. */
  readonly source: PythonSource;
  /** `main`, `Trainer.fit`; empty for the module. */
  readonly name: string;
  readonly node: FunctionStmt | ClassStmt | null;
  readonly start: number;
  readonly end: number;
  readonly parent: Scope | null;
  readonly body: readonly Stmt[];
  /** All of its statements at any depth; functions and classes defined inside are named but not entered. */
  readonly statements: readonly Stmt[];
  readonly bindings: ReadonlyMap<string, readonly Binding[]>;
  /** Of a class: what its methods assign to `self.<name>`, and class-level names. */
  readonly attributes: ReadonlyMap<string, readonly Binding[]>;
}

/** The scopes of a file, module first, outer before inner. */
export function collectScopes(source: PythonSource, body: readonly Stmt[], end: number): Scope[] {
  const scopes: Scope[] = [];
  const statements = ownStatements(body);
  addScope(source, scopes, {
    kind: 'module',
    name: '',
    node: null,
    start: 0,
    end,
    parent: null,
    body,
    statements,
  });
  return scopes;
}

/** A scope before it is known what is bound in it. */
type Opened = Omit<Scope, 'source' | 'bindings' | 'attributes'>;

const NO_ATTRIBUTES: Scope['attributes'] = new Map();

function addScope(source: PythonSource, scopes: Scope[], opened: Opened): void {
  const { name, node, statements } = opened;
  const bindings = new Map<string, Binding[]>();
  if (node?.kind === 'function') {
    for (const param of node.params) {
      addTo(bindings, param.name, parameterBinding(param));
    }
  }
  const inner: { readonly node: FunctionStmt | ClassStmt; readonly statements: readonly Stmt[] }[] = [];
  const names: Names = { map: bindings, self: null };
  for (const stmt of statements) {
    bindStatement(stmt, names);
    if (stmt.kind === 'function' || stmt.kind === 'class') {
      inner.push({ node: stmt, statements: ownStatements(stmt.body) });
    }
  }
  let attributes = NO_ATTRIBUTES;
  if (node?.kind === 'class') {
    const map = new Map<string, Binding[]>();
    for (const method of inner) {
      if (method.node.kind === 'function') {
        const ofSelf: Names = { map, self: method.node.params[0]?.name ?? 'self' };
        for (const stmt of method.statements) {
          bindStatement(stmt, ofSelf);
        }
      }
    }
    attributes = map;
  }
  const { kind, start, end, parent, body } = opened;
  const scope: Scope = {
    kind,
    source,
    name,
    node,
    start,
    end,
    parent,
    body,
    statements,
    bindings,
    attributes,
  };
  scopes.push(scope);
  for (const { node: child, statements: own } of inner) {
    addScope(source, scopes, {
      kind: child.kind,
      name: name === '' ? child.name : `${name}.${child.name}`,
      node: child,
      start: child.start,
      end: child.end,
      parent: scope,
      body: child.body,
      statements: own,
    });
  }
}

function parameterBinding(param: Parameter): Binding {
  return { kind: 'parameter', value: param.default, stmt: null, origin: null, path: [] };
}

/** What is being bound: plain names, or with `self` given the attributes of that name. */
interface Names {
  readonly map: Map<string, Binding[]>;
  readonly self: string | null;
}

/** Records what a statement binds. */
function bindStatement(stmt: Stmt, names: Names): void {
  const { map, self } = names;
  switch (stmt.kind) {
    case 'assign':
      for (const target of stmt.targets) {
        if (stmt.value !== null || self === null) {
          bind(names, stmt, target, 'assign', stmt.value);
        }
      }
      break;
    case 'augmented':
      bind(names, stmt, stmt.target, 'augmented', stmt.value);
      break;
    case 'for':
      bind(names, stmt, stmt.target, 'loop', stmt.iter);
      break;
    case 'with':
      for (const item of stmt.items) {
        if (item.target !== null) {
          bind(names, stmt, item.target, 'with', item.value);
        }
      }
      break;
    case 'import':
      if (self === null) {
        for (const { local, origin } of stmt.bindings) {
          addTo(map, local, { kind: 'import', value: null, stmt, origin, path: [] });
        }
      }
      break;
    case 'function':
    case 'class':
      if (self === null) {
        addTo(map, stmt.name, { kind: stmt.kind, value: null, stmt, origin: null, path: [] });
      }
      return;
    default:
  }
  eachOwnExpression(stmt, (expr) => {
    if (expr.kind === 'walrus') {
      bind(names, stmt, expr.target, 'assign', expr.value);
    }
  });
}

function bind(
  names: Names,
  stmt: Stmt,
  target: Expr,
  kind: Binding['kind'],
  value: Expr | null,
  path: readonly number[] = [],
): void {
  const name = boundName(target, names.self);
  if (name !== null) {
    addTo(names.map, name, { kind, value, stmt, origin: null, path });
  } else if (target.kind === 'tuple' || target.kind === 'list') {
    // `a, b = x, y` binds pairwise.
    const pairs = value?.kind === 'tuple' && value.items.length === target.items.length ? value.items : null;
    target.items.forEach((item, position) => {
      const paired = pairs?.[position];
      if (paired !== undefined && kind === 'assign') {
        bind(names, stmt, item, 'assign', paired);
      } else {
        bind(names, stmt, item, kind === 'assign' ? 'unpack' : kind, value, [...path, position]);
      }
    });
  } else if (target.kind === 'starred') {
    for (const part of target.parts) {
      bind(names, stmt, part, 'unpack', value, path);
    }
  }
}

function boundName(target: Expr, self: string | null): string | null {
  if (self === null) {
    return target.kind === 'name' ? target.id : null;
  }
  if (target.kind === 'attribute' && target.object.kind === 'name' && target.object.id === self) {
    return target.attr;
  }
  return null;
}
