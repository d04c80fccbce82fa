import { addTo } from '../multimap';
import type { Expr, Stmt } from './ast';
import { callsOf, statementsIn } from './walk';

/** The words of a part of a text, as the reader of its syntax came upon them. */
export interface Words {
  /** Plain names, those in annotations too. */
  readonly names: ReadonlySet<string>;
  /** Names behind a dot. */
  readonly attributes: ReadonlySet<string>;
}

/** What a piece of a file gives to the others and asks of them: enough to tell which ones know of each other. */
export interface Outline extends Words {
  /** definition: one class or function; given: an import, a constant or a note, of use to everyone; loose: what is run. */
  readonly kind: 'definition' | 'given' | 'loose';
  /** Names it binds at module level. */
  readonly defines: readonly string[];
  /** What others reach through an object: methods and fields of its classes, options of its command line. */
  readonly members: readonly string[];
  readonly hasClass: boolean;
  /** Has it words of training, or only of what may be done to a model's parameters? */
  readonly trains: boolean;
  readonly handles: boolean;
  /** Dotted names of the functions it calls, where it is given. */
  readonly calls: readonly string[];
  /** Every import in it, at any depth: local name → dotted origin. */
  readonly imports: ReadonlyMap<string, readonly string[]>;
}

const TRAINS = ['optim', 'backward', 'manual_backward', 'step', 'zero_grad', 'fit', 'apply_gradients'];
const HANDLES = [
  'parameters',
  'named_parameters',
  'state_dict',
  'modules',
  'named_modules',
  'children',
  'weight',
  'bias',
];

export function outlineOf(body: readonly Stmt[], words: Words): Outline {
  const imports = new Map<string, string[]>();
  const members: string[] = [];
  let hasClass = false;
  for (const stmt of statementsIn(body)) {
    if (stmt.kind === 'import') {
      for (const { local, origin } of stmt.bindings) {
        addTo(imports, local, origin);
      }
    } else if (stmt.kind === 'class') {
      hasClass = true;
      members.push(...stmt.body.flatMap(boundNames));
    }
  }
  if (words.attributes.has('add_argument') || words.attributes.has('add_option')) {
    members.push(...optionNames(body));
  }
  const kind = kindOf(body);
  return {
    ...words,
    kind,
    defines: body.flatMap(boundNames),
    members,
    hasClass,
    trains:
      TRAINS.some((word) => words.attributes.has(word)) ||
      someTrainer(words.names) ||
      someTrainer(words.attributes),
    handles: HANDLES.some((word) => words.attributes.has(word)),
    calls: kind === 'given' ? body.flatMap(callsOf).map(({ func }) => dottedName(func)) : [],
    imports,
  };
}

function someTrainer(words: ReadonlySet<string>): boolean {
  for (const word of words) {
    if (word.endsWith('Trainer')) {
      return true;
    }
  }
  return false;
}

function kindOf(body: readonly Stmt[]): Outline['kind'] {
  if (body.length === 1 && (body[0]?.kind === 'class' || body[0]?.kind === 'function')) {
    return 'definition';
  }
  return body.every(isGiven) ? 'given' : 'loose';
}

function isGiven(stmt: Stmt): boolean {
  return (
    stmt.kind === 'import' ||
    (stmt.kind === 'expr' && stmt.value.kind === 'string') ||
    (stmt.kind === 'assign' && stmt.targets.every(({ kind }) => kind === 'name'))
  );
}

/** Names that a statement, or one inside it, binds in the scope it stands in. */
function boundNames(outer: Stmt): string[] {
  const isOwn = ({ kind }: Stmt): boolean => kind !== 'class' && kind !== 'function';
  return statementsIn([outer], isOwn).flatMap((stmt) => {
    switch (stmt.kind) {
      case 'class':
      case 'function':
        return [stmt.name];
      case 'import':
        return stmt.bindings.map(({ local }) => local);
      case 'assign':
        return stmt.targets.flatMap(namesIn);
      case 'augmented':
      case 'for':
        return namesIn(stmt.target);
      case 'with':
        return stmt.items.flatMap(({ target }) => (target === null ? [] : namesIn(target)));
      default:
        return [];
    }
  });
}

function namesIn(target: Expr): string[] {
  switch (target.kind) {
    case 'name':
      return [target.id];
    case 'tuple':
    case 'list':
      return target.items.flatMap(namesIn);
    case 'starred':
      return target.parts.flatMap(namesIn);
    default:
      return [];
  }
}

/** `lr` and `weight_decay` for `add_argument("--lr")` and `add_argument("--weight-decay")`. */
function optionNames(body: readonly Stmt[]): string[] {
  return statementsIn(body)
    .flatMap(callsOf)
    .flatMap(({ args }) => args.map(({ value }) => value))
    .flatMap((value) =>
      value.kind === 'string' && value.value !== null
        ? [value.value.replace(/^-+/, '').replace(/-/g, '_')]
        : [],
    );
}

/** `torch.device`; what is no plain path starts with a dot. */
function dottedName(func: Expr): string {
  if (func.kind === 'name') {
    return func.id;
  }
  return func.kind === 'attribute' ? `${dottedName(func.object)}.${func.attr}` : '';
}
