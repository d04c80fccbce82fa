import type { Argument, Expr, Generator, Parameter } from './ast';
import type { Words } from './outline';
import { child, isArgument, kept, NOTHING, namedChildren, unknown, whereAll } from './parts';
import { DOTTED, type RawNode } from './raw';

/** Turns concrete expressions into plain ones. */
export class ExpressionLowering {
  private names = new Set<string>();
  private attributes = new Set<string>();
  /** A text uses the same few words again and again: each is kept once. */
  private readonly words = new Map<string, string>();

  constructor(private readonly text: string) {}

  takeWords(): Words {
    const { names, attributes } = this;
    this.names = new Set();
    this.attributes = new Set();
    return { names, attributes };
  }

  protected source(node: RawNode): string {
    return this.text.slice(node.start, node.end);
  }

  protected word(node: RawNode): string {
    return this.wordAt(node.start, node.end);
  }

  private wordAt(start: number, end: number): string {
    const word = this.text.slice(start, end);
    const known = this.words.get(word);
    if (known !== undefined) {
      return known;
    }
    this.words.set(word, word);
    return word;
  }

  protected optional(node: RawNode | undefined): Expr | null {
    return node === undefined ? null : this.expr(node);
  }

  protected field(node: RawNode, name: string): Expr {
    return this.optional(child(node, name)) ?? unknown(node);
  }

  protected expr(node: RawNode): Expr {
    const { start, end } = node;
    switch (node.type) {
      case 'identifier':
      case 'dotted_name': {
        const id = this.word(node);
        this.names.add(id);
        return { kind: 'name', start, end, id };
      }
      case DOTTED:
        return this.dotted(node);
      case 'attribute': {
        const attribute = child(node, 'attribute');
        const attr = attribute === undefined ? '' : this.word(attribute);
        this.attributes.add(attr);
        return {
          kind: 'attribute',
          start,
          end,
          object: this.field(node, 'object'),
          attr,
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
          op: op === undefined ? '' : this.word(op),
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
          op: op === undefined ? 'not' : this.word(op),
          operand: this.field(node, 'argument'),
        };
      }
      case 'comparison_operator':
        return {
          kind: 'compare',
          start,
          end,
          ops: node.children.filter((part) => part.field === 'operators').map((part) => this.word(part)),
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
          params: params === undefined ? NOTHING : this.params(params),
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

  protected named(node: RawNode): Expr[] {
    return namedChildren(node).map((part) => this.expr(part));
  }

  /** `a.b.c`, read off its text. */
  private dotted({ start, end }: RawNode): Expr {
    let to = this.text.indexOf('.', start);
    const id = this.wordAt(start, to);
    this.names.add(id);
    let expr: Expr = { kind: 'name', start, end: to, id };
    while (to < end) {
      const attrStart = to + 1;
      const dot = this.text.indexOf('.', attrStart);
      to = dot === -1 || dot > end ? end : dot;
      const attr = this.wordAt(attrStart, to);
      this.attributes.add(attr);
      expr = { kind: 'attribute', start, end: to, object: expr, attr, attrStart };
    }
    return expr;
  }

  private call(node: RawNode): Expr {
    const list = child(node, 'arguments');
    let args: readonly Argument[] = NOTHING;
    if (list?.type === 'generator_expression') {
      args = [{ name: null, star: 0, value: this.expr(list), start: list.start, end: list.end }];
    } else if (list !== undefined) {
      args = this.args(list);
    }
    return { kind: 'call', start: node.start, end: node.end, func: this.field(node, 'function'), args };
  }

  protected args(list: RawNode): readonly Argument[] {
    return whereAll(list.children, isArgument).map((part) => this.argument(part));
  }

  private argument(part: RawNode): Argument {
    const { start, end, type } = part;
    if (type === 'keyword_argument') {
      const name = child(part, 'name');
      return { start, end, name: name ? this.word(name) : null, star: 0, value: this.field(part, 'value') };
    }
    if (type === 'list_splat' || type === 'dictionary_splat') {
      const value = this.optional(namedChildren(part)[0]) ?? unknown(part);
      return { start, end, name: null, star: type === 'list_splat' ? 1 : 2, value };
    }
    return { start, end, name: null, star: 0, value: this.expr(part) };
  }

  protected params(list: RawNode): readonly Parameter[] {
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
        name: this.word(nameNode),
        star,
        annotation: this.optional(child(part, 'type')),
        default: this.optional(child(part, 'value')),
      });
    }
    return kept(out);
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
    return { kind: 'string', start: node.start, end: node.end, value, parts: kept(parts) };
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

function numberOf(source: string): number {
  const plain = source.replace(/_/g, '').replace(/[lLjJ]$/, '');
  return Number(plain);
}
