import type { Expr, Stmt } from './ast';
import { ExpressionLowering } from './lowerExpressions';
import type { Words } from './outline';
import { child, kept, NOTHING, namedChildren, unknown } from './parts';
import type { RawNode } from './raw';

/** Turns concrete syntax into plain statements. Text is the whole file. Broken parts are skipped, what is whole is kept. */
export function lowering(text: string): {
  statement(node: RawNode, out: Stmt[]): void;
  /** The words of the statements since the last call. */
  takeWords(): Words;
} {
  return new Lowering(text);
}

/** An \`elif\` stands inside the one before it: a chain longer than this is a table, and would only deepen the tree. */
const MAX_CLAUSES = 300;

class Lowering extends ExpressionLowering {
  statements(node: RawNode): readonly Stmt[] {
    const out: Stmt[] = [];
    for (const child of node.children) {
      this.statement(child, out);
    }
    return kept(out);
  }

  private body(node: RawNode, field: string): readonly Stmt[] {
    const block = child(node, field);
    return block === undefined ? NOTHING : this.statements(block);
  }

  statement(node: RawNode, out: Stmt[]): void {
    const { start } = node;
    switch (node.type) {
      case 'expression_statement':
        this.expressionStatement(node, out);
        return;
      case 'return_statement':
        out.push({ kind: 'return', start, end: node.end, value: this.optional(namedChildren(node)[0]) });
        return;
      case 'if_statement':
        out.push(this.ifStatement(node));
        return;
      case 'for_statement': {
        const body = this.body(node, 'body');
        const orelse = this.alternative(node);
        out.push({
          kind: 'for',
          start,
          end: endOf(node, body, orelse),
          target: this.field(node, 'left'),
          iter: this.field(node, 'right'),
          body,
          orelse,
        });
        return;
      }
      case 'while_statement': {
        const body = this.body(node, 'body');
        const orelse = this.alternative(node);
        out.push({
          kind: 'while',
          start,
          end: endOf(node, body, orelse),
          test: this.field(node, 'condition'),
          body,
          orelse,
        });
        return;
      }
      case 'with_statement':
        out.push(this.withStatement(node));
        return;
      case 'try_statement':
        out.push(this.tryStatement(node));
        return;
      case 'match_statement':
        out.push(this.matchStatement(node));
        return;
      case 'function_definition':
      case 'class_definition':
      case 'decorated_definition':
        this.definition(node, out);
        return;
      case 'import_statement':
      case 'import_from_statement':
      case 'future_import_statement':
        out.push(this.importStatement(node));
        return;
      case 'ERROR':
      case 'block':
        // What is whole inside a broken part is still read.
        for (const part of node.children) {
          this.statement(part, out);
        }
        return;
      default:
        if (node.type.endsWith('_statement')) {
          out.push({
            kind: 'other',
            start,
            end: node.end,
            keyword: node.type.slice(0, -'_statement'.length),
            parts: namedChildren(node).map((part) => this.expr(part)),
          });
        }
    }
  }

  private expressionStatement(node: RawNode, out: Stmt[]): void {
    const inner = namedChildren(node);
    const first = inner[0];
    if (first === undefined) {
      return;
    }
    const { start, end } = node;
    if (first.type === 'assignment') {
      const targets: Expr[] = [];
      let current: RawNode = first;
      let annotation: Expr | null = null;
      let value: Expr | null = null;
      for (;;) {
        targets.push(this.field(current, 'left'));
        annotation ??= this.optional(child(current, 'type'));
        const right = child(current, 'right');
        if (right?.type === 'assignment') {
          current = right;
          continue;
        }
        value = this.optional(right);
        break;
      }
      out.push({ kind: 'assign', start, end, targets: kept(targets), annotation, value });
    } else if (first.type === 'augmented_assignment') {
      const op = child(first, 'operator');
      out.push({
        kind: 'augmented',
        start,
        end,
        target: this.field(first, 'left'),
        op: op === undefined ? '' : this.word(op),
        value: this.field(first, 'right'),
      });
    } else if (inner.length > 1) {
      const items = inner.map((item) => this.expr(item));
      out.push({ kind: 'expr', start, end, value: { kind: 'tuple', start, end, items } });
    } else {
      out.push({ kind: 'expr', start, end, value: this.expr(first) });
    }
  }

  private alternative(node: RawNode): readonly Stmt[] {
    const clause = child(node, 'alternative');
    return clause === undefined ? NOTHING : this.body(clause, 'body');
  }

  private ifStatement(node: RawNode): Stmt {
    const clauses = node.children.filter((part) => part.field === 'alternative').slice(0, MAX_CLAUSES);
    let orelse: readonly Stmt[] = NOTHING;
    for (const clause of clauses.reverse()) {
      if (clause.type === 'elif_clause') {
        const body = this.body(clause, 'consequence');
        orelse = [
          {
            kind: 'if',
            start: clause.start,
            end: endOf(clause, body, orelse),
            test: this.field(clause, 'condition'),
            body,
            orelse,
          },
        ];
      } else {
        orelse = this.body(clause, 'body');
      }
    }
    const body = this.body(node, 'consequence');
    return {
      kind: 'if',
      start: node.start,
      end: endOf(node, body, orelse),
      test: this.field(node, 'condition'),
      body,
      orelse,
    };
  }

  private withStatement(node: RawNode): Stmt {
    const items: { value: Expr; target: Expr | null }[] = [];
    const clause = node.children.find((part) => part.type === 'with_clause');
    for (const item of clause?.children ?? []) {
      if (item.type !== 'with_item') {
        continue;
      }
      const value = child(item, 'value');
      if (value?.type === 'as_pattern') {
        const parts = namedChildren(value);
        const target = parts[1] === undefined ? undefined : (namedChildren(parts[1])[0] ?? parts[1]);
        items.push({ value: this.optional(parts[0]) ?? unknown(item), target: this.optional(target) });
      } else {
        items.push({ value: this.optional(value) ?? unknown(item), target: null });
      }
    }
    const body = this.body(node, 'body');
    return { kind: 'with', start: node.start, end: endOf(node, body), items, body };
  }

  private tryStatement(node: RawNode): Stmt {
    const body = this.body(node, 'body');
    const handlers: (readonly Stmt[])[] = [];
    let orelse: readonly Stmt[] = NOTHING;
    let final: readonly Stmt[] = NOTHING;
    for (const clause of node.children) {
      const block = clause.children.find((part) => part.type === 'block');
      if (block === undefined) {
        continue;
      }
      if (clause.type === 'else_clause') {
        orelse = this.statements(block);
      } else if (clause.type === 'finally_clause') {
        final = this.statements(block);
      } else if (clause.type.startsWith('except')) {
        handlers.push(this.statements(block));
      }
    }
    const end = endOf(node, body, ...handlers, orelse, final);
    return { kind: 'try', start: node.start, end, body, handlers, orelse, final };
  }

  private matchStatement(node: RawNode): Stmt {
    const block = child(node, 'body');
    const cases = (block?.children ?? [])
      .filter((part) => part.type === 'case_clause')
      .map((part) => this.body(part, 'consequence'));
    const subject = this.optional(child(node, 'subject')) ?? unknown(node);
    return { kind: 'match', start: node.start, end: endOf(node, ...cases), subject, cases };
  }

  private definition(node: RawNode, out: Stmt[]): void {
    const decorators: Expr[] = [];
    let inner: RawNode | undefined = node;
    if (node.type === 'decorated_definition') {
      for (const part of node.children) {
        const expression = part.type === 'decorator' ? namedChildren(part)[0] : undefined;
        if (expression !== undefined) {
          decorators.push(this.expr(expression));
        }
      }
      inner = child(node, 'definition');
    }
    const nameNode = inner === undefined ? undefined : child(inner, 'name');
    if (inner === undefined || nameNode === undefined) {
      return;
    }
    const name = this.word(nameNode);
    const body = this.body(inner, 'body');
    const { start } = node;
    const end = endOf(inner, body);
    if (inner.type === 'class_definition') {
      const bases = child(inner, 'superclasses');
      out.push({
        kind: 'class',
        start,
        end,
        name,
        bases: bases ? this.args(bases) : NOTHING,
        decorators: kept(decorators),
        body,
      });
    } else {
      const params = child(inner, 'parameters');
      out.push({
        kind: 'function',
        start,
        end,
        name,
        params: params ? this.params(params) : NOTHING,
        decorators: kept(decorators),
        body,
      });
    }
  }

  private importStatement(node: RawNode): Stmt {
    const bindings: { local: string; origin: string }[] = [];
    const module = child(node, 'module_name');
    const prefix = module === undefined ? '' : this.source(module).replace(/\s+/g, '');
    for (const part of node.children) {
      if (part.type === 'wildcard_import') {
        bindings.push({ local: '*', origin: prefix });
      }
      if (part.field !== 'name') {
        continue;
      }
      const alias = child(part, 'alias');
      const nameNode = part.type === 'aliased_import' ? child(part, 'name') : part;
      const name = nameNode === undefined ? '' : this.source(nameNode).replace(/\s+/g, '');
      const separator = prefix.endsWith('.') ? '' : '.';
      const origin = prefix === '' ? name : `${prefix}${separator}${name}`;
      if (alias !== undefined) {
        bindings.push({ local: this.source(alias), origin });
      } else if (prefix === '') {
        // `import a.b` binds `a`.
        const head = name.split('.')[0] ?? name;
        bindings.push({ local: head, origin: head });
      } else {
        bindings.push({ local: name, origin });
      }
    }
    return {
      kind: 'import',
      start: node.start,
      end: node.end,
      bindings,
      future: node.type === 'future_import_statement',
    };
  }
}

/** End of a compound statement: of its last statement, since the parser lets a block run on over blank lines and comments. */
function endOf(node: RawNode, ...bodies: readonly (readonly Stmt[])[]): number {
  let last = 0;
  for (const body of bodies) {
    last = Math.max(last, body.at(-1)?.end ?? 0);
  }
  return last === 0 ? node.end : last;
}
