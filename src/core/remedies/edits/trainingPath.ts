import type { PythonFacts } from '../../python/facts';
import type { Expr, FunctionStmt, Stmt } from '../../python/syntax/ast';
import { callsOf, childBlocks, eachExpression, statementsIn } from '../../python/syntax/walk';

/**
 * What `look` makes of the expressions of code that gradients flow through: models, training loops and what these call,
 * directly or through one another. Of a file without a training loop, which others call, all functions count.
 */
export function onTrainingPath<T>(facts: PythonFacts, look: (expr: Expr) => T | null): T[] {
  // Which code is trained takes longer to tell than whether there is anything to tell it for.
  const seen = new Map<Expr, T>();
  for (const stmt of facts.source.statements()) {
    eachExpression(stmt, (expr) => {
      const one = look(expr);
      if (one !== null) {
        seen.set(expr, one);
      }
    });
  }
  const found: T[] = [];
  if (seen.size > 0) {
    visitTrained(facts, (expr) => {
      const one = seen.get(expr);
      if (one !== undefined) {
        found.push(one);
      }
    });
  }
  return found;
}

function visitTrained(facts: PythonFacts, found: (expr: Expr) => void): void {
  const reached = new Set<string>();
  const functions = functionsIn(facts.body);
  const isReached = (stmt: FunctionStmt) => reached.has(stmt.name) || isOnTrainingPath(facts, stmt);
  for (let added = true; added; ) {
    added = false;
    for (const stmt of functions) {
      if (!isAside(stmt) && isReached(stmt)) {
        for (const name of calledIn(stmt)) {
          added ||= !reached.has(name);
          reached.add(name);
        }
      }
    }
  }
  visit(
    facts,
    facts.body,
    false,
    (stmt) => (stmt.kind === 'function' ? isReached(stmt) : isTrainingLoop(facts, stmt)),
    found,
  );
}

/** Meets every expression of a file but those of evaluation and of code without gradients. */
export function visitAll(facts: PythonFacts, found: (expr: Expr) => void): void {
  visit(facts, facts.body, true, () => true, found);
}

/** Functions that look at what was learned, or at the run, and teach nothing. */
const ASIDE =
  /(?:^|_)(?:eval\w*|valid\w*|test|plot|draw|report|log(?!_?(?:prob|lik|dens|sum|joint|evid|margin|part))|save|accuracy|metrics?)(?:_|$)/i;

function isAside({ name }: FunctionStmt): boolean {
  return ASIDE.test(name) && !/train|fit|loss|step|forward/i.test(name);
}

function functionsIn(body: readonly Stmt[]): readonly FunctionStmt[] {
  return statementsIn(body).filter((stmt): stmt is FunctionStmt => stmt.kind === 'function');
}

/** Names that a function calls: `f(x)`, `self.f(x)`. */
function calledIn(stmt: FunctionStmt): readonly string[] {
  return statementsIn(stmt.body)
    .flatMap(callsOf)
    .flatMap(({ func }) => (func.kind === 'name' ? [func.id] : func.kind === 'attribute' ? [func.attr] : []));
}

function visit(
  facts: PythonFacts,
  body: readonly Stmt[],
  onPath: boolean,
  opens: (stmt: Stmt) => boolean,
  found: (expr: Expr) => void,
): void {
  for (const stmt of body) {
    if (isWithoutGradient(facts, stmt) || (stmt.kind === 'function' && isAside(stmt))) {
      continue;
    }
    const inside = onPath || opens(stmt);
    if (inside) {
      eachExpression(stmt, found);
    }
    for (const block of childBlocks(stmt)) {
      visit(facts, block, inside, opens, found);
    }
  }
}

function isWithoutGradient(facts: PythonFacts, stmt: Stmt): boolean {
  const noGrad = (expr: Expr) => /\b(?:no_grad|inference_mode)\b/.test(facts.textOf(facts.rangeOf(expr)));
  if (stmt.kind === 'with') {
    return stmt.items.some((item) => noGrad(item.value));
  }
  return stmt.kind === 'function' && stmt.decorators.some(noGrad);
}

/** A method of a model, or a function that a training loop calls. */
function isOnTrainingPath(facts: PythonFacts, stmt: FunctionStmt): boolean {
  const { line } = facts.rangeOf(stmt);
  const owner = facts.classes.find((one) => one.range.line <= line && line <= one.range.endLine);
  if (owner !== undefined && owner.kind !== 'other') {
    return stmt.name !== '__init__';
  }
  if (facts.loops.length === 0) {
    return true;
  }
  return calledForLoss(facts).has(stmt.name);
}

/** A word in front of an opening bracket. */
const CALLED = /(?<![\p{L}\p{N}_])[\p{L}\p{N}_]+(?=\()/gu;

/** What the training loops of a file call. */
const calledByLoops = new WeakMap<PythonFacts, ReadonlySet<string>>();

/** Names whose call feeds a value (not only a log line): it stands in a loop, no further down than `backward`. */
function calledForLoss(facts: PythonFacts): ReadonlySet<string> {
  const known = calledByLoops.get(facts);
  if (known !== undefined) {
    return known;
  }
  const called = new Set<string>();
  for (const { range } of facts.loops) {
    const lines = facts.textOf(range).split('\n');
    const backward = lines.findIndex((line) => /\bbackward\(/.test(line));
    const before = backward < 0 ? lines : lines.slice(0, backward + 1);
    for (const name of before.flatMap((line) => line.match(CALLED) ?? [])) {
      called.add(name);
    }
  }
  calledByLoops.set(facts, called);
  return called;
}

function isTrainingLoop(facts: PythonFacts, stmt: Stmt): boolean {
  if (stmt.kind !== 'for' && stmt.kind !== 'while') {
    return false;
  }
  const { line } = facts.rangeOf(stmt);
  return facts.loops.some((loop) => loop.range.line === line);
}
