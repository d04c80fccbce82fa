import type { Argument, Expr, Generator, Parameter, Stmt } from './ast';
import type { RawNode } from './raw';

/** Turns concrete syntax into plain statements. Text is the whole file. Broken parts are skipped, what is whole is kept. */
export function lowerModule(root: RawNode, text: string): Stmt[] {
  return new Lowering(text).statements(root);
}

class Lowering {
  constructor(private readonly text: string) {}

  statements(node: RawNode): Stmt[] {
    const out: Stmt[] = [];
    for (const child of node.children) {
      this.statement(child, out);
    }
    return out;
  }

  private source(node: RawNode): string {
    return this.text.slice(node.start, node.end);
  }

  private body(node: RawNode, field: string): Stmt[] {
    const block = child(node, field);
    return block === undefined ? [] : this.statements(block);
  }

  private statement(node: RawNode, out: Stmt[]): void {
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
      out.push({ kind: 'assign', start, end, targets, annotation, value });
    } else if (first.type === 'augmented_assignment') {
      const op = child(first, 'operator');
      out.push({
        kind: 'augmented',
        start,
        end,
        target: this.field(first, 'left'),
        op: op === undefined ? '' : this.source(op),
        value: this.field(first, 'right'),
      });
    } else if (inner.length > 1) {
      const items = inner.map((item) => this.expr(item));
      out.push({ kind: 'expr', start, end, value: { kind: 'tuple', start, end, items } });
    } else {
      out.push({ kind: 'expr', start, end, value: this.expr(first) });
    }
  }

  private alternative(node: RawNode): Stmt[] {
    const clause = child(node, 'alternative');
    return clause === undefined ? [] : this.body(clause, 'body');
  }

  private ifStatement(node: RawNode): Stmt {
    const clauses = node.children.filter((part) => part.field === 'alternative');
    let orelse: Stmt[] = [];
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
    const handlers: Stmt[][] = [];
    let orelse: Stmt[] = [];
    let final: Stmt[] = [];
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
    const name = this.source(nameNode);
    const body = this.body(inner, 'body');
    const span = { start: node.start, end: endOf(inner, body) };
    if (inner.type === 'class_definition') {
      const bases = child(inner, 'superclasses');
      out.push({ kind: 'class', ...span, name, bases: bases ? this.args(bases) : [], decorators, body });
    } else {
      const params = child(inner, 'parameters');
      out.push({
        kind: 'function',
        ...span,
        name,
        params: params ? this.params(params) : [],
        decorators,
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

  private optional(node: RawNode | undefined): Expr | null {
    return node === undefined ? null : this.expr(node);
  }

  private field(node: RawNode, name: string): Expr {
    return this.optional(child(node, name)) ?? unknown(node);
  }

  private expr(node: RawNode): Expr {
    const { start, end } = node;
    switch (node.type) {
      case 'identifier':
      case 'dotted_name':
        return { kind: 'name', start, end, id: this.source(node) };
      case 'attribute': {
        const attribute = child(node, 'attribute');
        return {
          kind: 'attribute',
          start,
          end,
          object: this.field(node, 'object'),
          attr: attribute === undefined ? '' : this.source(attribute),
          attrStart: attribute?.start ?? end,
        };
      }
      case 'call':
        return this.call(node);
      case 'integer':
      case 'float':
        return { kind: 'number', start, end, value: numberOf(this.source(node)) };
      case 'string':
      case 'concatenated_string':
        return this.string(node);
      case 'true':
      case 'false':
      case 'none':
        return { kind: 'constant', start, end, value: node.type === 'none' ? null : node.type === 'true' };
      case 'list':
      case 'list_pattern':
        return { kind: 'list', start, end, items: this.named(node) };
      case 'set':
        return { kind: 'set', start, end, items: this.named(node) };
      case 'tuple':
      case 'tuple_pattern':
      case 'pattern_list':
      case 'expression_list':
        return { kind: 'tuple', start, end, items: this.named(node) };
      case 'parenthesized_expression':
      case 'type': {
        const inner = namedChildren(node)[0];
        return inner === undefined ? unknown(node) : this.expr(inner);
      }
      case 'dictionary':
        return this.dictionary(node);
      case 'list_comprehension':
      case 'set_comprehension':
      case 'dictionary_comprehension':
      case 'generator_expression':
        return this.comprehension(node);
      case 'binary_operator':
      case 'boolean_operator': {
        const op = child(node, 'operator');
        return {
          kind: 'binary',
          start,
          end,
          op: op === undefined ? '' : this.source(op),
          left: this.field(node, 'left'),
          right: this.field(node, 'right'),
        };
      }
      case 'not_operator':
      case 'unary_operator': {
        const op = child(node, 'operator');
        return {
          kind: 'unary',
          start,
          end,
          op: op === undefined ? 'not' : this.source(op),
          operand: this.field(node, 'argument'),
        };
      }
      case 'comparison_operator':
        return {
          kind: 'compare',
          start,
          end,
          ops: node.children.filter((part) => part.field === 'operators').map((part) => this.source(part)),
          operands: node.children.filter((part) => part.field !== 'operators').map((part) => this.expr(part)),
        };
      case 'conditional_expression': {
        const [whenTrue, test, whenFalse] = namedChildren(node);
        if (whenTrue === undefined || test === undefined || whenFalse === undefined) {
          return unknown(node);
        }
        return {
          kind: 'conditional',
          start,
          end,
          test: this.expr(test),
          whenTrue: this.expr(whenTrue),
          whenFalse: this.expr(whenFalse),
        };
      }
      case 'subscript':
        return {
          kind: 'subscript',
          start,
          end,
          object: this.field(node, 'value'),
          indices: node.children.filter((part) => part.field === 'subscript').map((part) => this.expr(part)),
        };
      case 'lambda': {
        const params = child(node, 'parameters');
        return {
          kind: 'lambda',
          start,
          end,
          params: params === undefined ? [] : this.params(params),
          body: this.field(node, 'body'),
        };
      }
      case 'named_expression':
        return {
          kind: 'walrus',
          start,
          end,
          target: this.field(node, 'name'),
          value: this.field(node, 'value'),
        };
      case 'list_splat':
      case 'list_splat_pattern':
      case 'dictionary_splat':
        return { kind: 'starred', start, end, parts: this.named(node) };
      case 'await':
      case 'yield':
      case 'slice':
        return { kind: node.type, start, end, parts: this.named(node) };
      default:
        return { kind: 'unknown', start, end, parts: this.named(node) };
    }
  }

  private named(node: RawNode): Expr[] {
    return namedChildren(node).map((part) => this.expr(part));
  }

  private call(node: RawNode): Expr {
    const list = child(node, 'arguments');
    let args: Argument[] = [];
    if (list?.type === 'generator_expression') {
      args = [{ name: null, star: 0, value: this.expr(list), start: list.start, end: list.end }];
    } else if (list !== undefined) {
      args = this.args(list);
    }
    return { kind: 'call', start: node.start, end: node.end, func: this.field(node, 'function'), args };
  }

  private args(list: RawNode): Argument[] {
    return namedChildren(list)
      .filter((part) => part.type !== 'ERROR')
      .map((part): Argument => {
        const span = { start: part.start, end: part.end };
        if (part.type === 'keyword_argument') {
          const name = child(part, 'name');
          return {
            ...span,
            name: name ? this.source(name) : null,
            star: 0,
            value: this.field(part, 'value'),
          };
        }
        if (part.type === 'list_splat' || part.type === 'dictionary_splat') {
          const inner = namedChildren(part)[0];
          return {
            ...span,
            name: null,
            star: part.type === 'list_splat' ? 1 : 2,
            value: this.optional(inner) ?? unknown(part),
          };
        }
        return { ...span, name: null, star: 0, value: this.expr(part) };
      });
  }

  private params(list: RawNode): Parameter[] {
    const out: Parameter[] = [];
    for (const part of namedChildren(list)) {
      const splat = part.type.endsWith('splat_pattern')
        ? part
        : part.children.find((inner) => inner.type.endsWith('splat_pattern'));
      const star = splat === undefined ? 0 : splat.type.startsWith('dictionary') ? 2 : 1;
      const nameNode =
        splat !== undefined
          ? namedChildren(splat)[0]
          : part.type === 'identifier'
            ? part
            : (child(part, 'name') ?? part.children.find((inner) => inner.type === 'identifier'));
      if (nameNode === undefined) {
        continue;
      }
      out.push({
        start: part.start,
        end: part.end,
        name: this.source(nameNode),
        star,
        annotation: this.optional(child(part, 'type')),
        default: this.optional(child(part, 'value')),
      });
    }
    return out;
  }

  private string(node: RawNode): Expr {
    const parts: Expr[] = [];
    let value: string | null = '';
    const pieces = node.type === 'concatenated_string' ? namedChildren(node) : [node];
    for (const piece of pieces) {
      for (const part of piece.children) {
        if (part.type === 'interpolation') {
          value = null;
          const expression = child(part, 'expression');
          if (expression !== undefined) {
            parts.push(this.expr(expression));
          }
        } else if (part.type === 'string_content' && value !== null) {
          value += this.source(part);
        }
      }
    }
    return { kind: 'string', start: node.start, end: node.end, value, parts };
  }

  private dictionary(node: RawNode): Expr {
    const entries = namedChildren(node).map((part) => {
      if (part.type === 'pair') {
        return { key: this.field(part, 'key'), value: this.field(part, 'value') };
      }
      const inner = namedChildren(part)[0];
      return { key: null, value: this.optional(inner) ?? unknown(part) };
    });
    return { kind: 'dict', start: node.start, end: node.end, entries };
  }

  private comprehension(node: RawNode): Expr {
    const body = child(node, 'body');
    const generators: { target: Expr; iter: Expr; conditions: Expr[] }[] = [];
    for (const part of node.children) {
      if (part.type === 'for_in_clause') {
        generators.push({
          target: this.field(part, 'left'),
          iter: this.field(part, 'right'),
          conditions: [],
        });
      } else if (part.type === 'if_clause') {
        generators.at(-1)?.conditions.push(...this.named(part));
      }
    }
    const pair = body?.type === 'pair' ? body : undefined;
    return {
      kind: 'comprehension',
      start: node.start,
      end: node.end,
      form: comprehensionForm(node.type),
      key: pair === undefined ? null : this.field(pair, 'key'),
      element: pair === undefined ? (this.optional(body) ?? unknown(node)) : this.field(pair, 'value'),
      generators: generators satisfies Generator[],
    };
  }
}

function comprehensionForm(type: string): 'list' | 'set' | 'dict' | 'generator' {
  switch (type) {
    case 'list_comprehension':
      return 'list';
    case 'set_comprehension':
      return 'set';
    case 'dictionary_comprehension':
      return 'dict';
    default:
      return 'generator';
  }
}

function child(node: RawNode, field: string): RawNode | undefined {
  return node.children.find((part) => part.field === field);
}

function namedChildren(node: RawNode): RawNode[] {
  return node.children.filter((part) => part.named);
}

function unknown(node: RawNode): Expr {
  return { kind: 'unknown', start: node.start, end: node.end, parts: [] };
}

/** End of a compound statement: of its last statement, since the parser lets a block run on over blank lines and comments. */
function endOf(node: RawNode, ...bodies: readonly (readonly Stmt[])[]): number {
  const last = bodies.flatMap((body) => body.slice(-1)).reduce((end, stmt) => Math.max(end, stmt.end), 0);
  return last === 0 ? node.end : last;
}

function numberOf(source: string): number {
  const plain = source.replace(/_/g, '').replace(/[lLjJ]$/, '');
  return Number(plain);
}
