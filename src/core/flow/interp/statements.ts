import type { Expr, Stmt } from '../../python/syntax/ast';
import { setAttribute } from './attributes';
import { indexValues } from './expressions';
import { storeIndex } from './indexing';
import type { Reader, Signal } from './reader';
import { iterate, truth } from './sequences';
import { args, type ClassValue, isKind, list, orUnknown, Scope, Unreadable, type Value } from './values';

export function executeStatement(reader: Reader, stmt: Stmt, scope: Scope): Signal {
  reader.tick();
  switch (stmt.kind) {
    case 'expr':
      reader.evaluate(stmt.value, scope);
      return 'next';
    case 'assign':
      if (stmt.value !== null) {
        const value = reader.evaluate(stmt.value, scope);
        for (const target of stmt.targets) assignTo(reader, target, value, scope);
      }
      return 'next';
    case 'augmented': {
      const operator = stmt.op.replace('=', '');
      const old = reader.evaluate(stmt.target, scope);
      const by = reader.evaluate(stmt.value, scope);
      assignTo(reader, stmt.target, reader.combine(operator, old, by, true), scope);
      return 'next';
    }
    case 'return':
      return { returned: stmt.value === null ? null : reader.evaluate(stmt.value, scope) };
    case 'if':
      return branch(reader, stmt.test, stmt.body, stmt.orelse, scope);
    case 'for':
      return loop(reader, stmt.target, stmt.iter, stmt.body, scope);
    case 'while':
      for (let i = 0; i < 10_000; i++) {
        const test = truth(reader.evaluate(stmt.test, scope));
        if (test !== true) break;
        const signal = reader.run(stmt.body, scope);
        if (signal === 'break') break;
        if (typeof signal === 'object') return signal;
      }
      return 'next';
    case 'with':
      for (const item of stmt.items) {
        const value = reader.tolerate(() => reader.evaluate(item.value, scope));
        if (item.target !== null) assignTo(reader, item.target, value, scope);
      }
      return reader.run(stmt.body, scope);
    case 'try':
      return reader.run(stmt.body, scope);
    case 'match':
      throw new Unreadable('a match statement decides what runs');
    case 'function':
      scope.vars.set(stmt.name, {
        kind: 'function',
        name: stmt.name,
        params: stmt.params,
        body: stmt.body,
        scope,
        owner: scope.owner,
        decorators: stmt.decorators.map((d) => reader.facts.text.slice(d.start, d.end)),
      });
      if (scope.owner === null) decorate(reader, stmt, scope);
      return 'next';
    case 'class': {
      const bases = stmt.bases
        .filter((base) => base.name === null && base.star === 0)
        .map((base) => reader.tolerate(() => reader.evaluate(base.value, scope)))
        .map((base) => reader.asClass(base));
      const members = new Map<string, Value>();
      const cls: ClassValue = {
        kind: 'class',
        name: stmt.name,
        bases,
        members,
        native: null,
        statement: stmt,
      };
      const inner = new Scope(scope, cls);
      for (const part of stmt.body) {
        reader.tolerate(() => {
          executeStatement(reader, part, inner);
          return null;
        });
      }
      for (const [name, value] of inner.vars) members.set(name, value);
      scope.vars.set(stmt.name, cls);
      decorate(reader, stmt, scope);
      return 'next';
    }
    case 'import':
      for (const b of stmt.bindings) scope.vars.set(b.local, { kind: 'native', name: b.origin });
      return 'next';
    case 'other':
      if (stmt.keyword === 'break' || stmt.keyword === 'continue') return stmt.keyword;
      if (stmt.keyword === 'raise') throw new Unreadable(`it raises: ${reader.excerpt(stmt)}`);
      return 'next';
  }
}

export function branch(
  reader: Reader,
  test: Expr,
  body: readonly Stmt[],
  orelse: readonly Stmt[],
  scope: Scope,
): Signal {
  const decided = truth(reader.evaluate(test, scope));
  if (decided === null) {
    // An unknown test: a guard that only raises or skips is passed over, else the first branch is taken and said.
    if (body.every(leaves)) return reader.run(orelse, scope);
    reader.skipped.add(`the branch on ${reader.excerpt(test)} is taken as true`);
    return reader.run(body, scope);
  }
  return reader.run(decided ? body : orelse, scope);
}

/** Decorators of the file's own are run for what they note (a registry of classes); what they return is not put in the place. */
function decorate(reader: Reader, stmt: Extract<Stmt, { kind: 'class' | 'function' }>, scope: Scope): void {
  const made = scope.vars.get(stmt.name);
  if (made === undefined) return;
  for (const decorator of stmt.decorators) {
    reader.tolerate(() => {
      const by = reader.evaluate(decorator, scope);
      const own = isKind(by, 'function') || (isKind(by, 'bound') && typeof by.method !== 'string');
      return own ? reader.call(by, args(made)) : null;
    });
  }
}

/** `raise`, `continue`: what a guard does with the odd case. */
function leaves(stmt: Stmt): boolean {
  return stmt.kind === 'other' && (stmt.keyword === 'raise' || stmt.keyword === 'continue');
}

export function loop(reader: Reader, target: Expr, iter: Expr, body: readonly Stmt[], scope: Scope): Signal {
  for (const item of iterate(reader, reader.evaluate(iter, scope))) {
    reader.tick();
    assignTo(reader, target, item, scope);
    const signal = reader.run(body, scope);
    if (signal === 'break') break;
    if (typeof signal === 'object') return signal;
  }
  return 'next';
}

export function assignTo(reader: Reader, target: Expr, value: Value, scope: Scope): void {
  switch (target.kind) {
    case 'name':
      scope.vars.set(target.id, value);
      return;
    case 'attribute':
      setAttribute(reader.evaluate(target.object, scope), target.attr, value);
      return;
    case 'subscript':
      storeIndex(
        reader,
        reader.evaluate(target.object, scope),
        indexValues(reader, target.indices, scope),
        value,
      );
      return;
    case 'tuple':
    case 'list': {
      const count = target.items.length;
      const items = iterate(reader, value, count);
      if (items.length !== count && !target.items.some((part) => part.kind === 'starred')) {
        reader.mismatch('features', `${items.length} values are unpacked into ${count}`);
      }
      let next = 0;
      target.items.forEach((part, i) => {
        if (part.kind === 'starred' && part.parts[0] !== undefined) {
          const taken = items.length - (count - 1);
          assignTo(reader, part.parts[0], list(items.slice(next, next + taken)), scope);
          next += taken;
        } else {
          assignTo(reader, part, orUnknown(items[next], `value ${i + 1} of an unpacking`), scope);
          next += 1;
        }
      });
      return;
    }
    default:
      return;
  }
}
