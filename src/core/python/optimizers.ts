import { withLazy } from '../lazy';
import { evaluate } from './arithmetic';
import { argumentOf, definition, entryOf } from './definitions';
import type { LiteralPlace, OptimizerFact } from './facts';
import { handUpdates } from './handUpdates';
import { argumentFact, MAX_DEPTH, numberPlace } from './literals';
import { assignedName } from './loops';
import { namesBehind, parameterOwners } from './optimized';
import type { PythonSource } from './source';
import type { CallExpr, Expr } from './syntax/ast';
import { orElse } from './work';

/** Constructors of optimizers, schedulers and wrappers left out. */
const OPTIMIZER =
  /^(?:torch\.optim\.(?!lr_scheduler|swa_utils)[A-Z]\w*|transformers\.(?:AdamW|Adafactor)|keras\.optimizers\.(?!schedules)(?:legacy\.|experimental\.)?[A-Z]\w*|optax\.(?:sgd|adam|adamw|adagrad|adabelief|lamb|lars|lion|rmsprop|nadam|radam|yogi|adafactor|novograd|adamax))$/;

/** Every optimizer the file builds. */
export function collectOptimizers(source: PythonSource): OptimizerFact[] {
  const out: OptimizerFact[] = [];
  for (const { call, stmt } of source.callsOfNamed(OPTIMIZER)) {
    const type = source.nameOf(call.func) ?? '';
    const torchLike = !type.startsWith('keras.') && !type.startsWith('optax.');
    const params = torchLike ? argumentOf(call, 'params', 0) : null;
    const owners = params === null ? [] : parameterOwners(source, params);
    const [owner, another] = owners;
    const lr =
      argumentOf(call, 'lr', torchLike ? 1 : 0) ??
      argumentOf(call, 'learning_rate', torchLike ? -1 : 0) ??
      spreadArgument(source, call, 'lr');
    const rate = lr === null ? null : numberPlace(source, lr);
    const momentum = argumentOf(call, 'momentum', -1);
    const scope = source.functionAt(call.start);
    const given = {
      name: assignedName(source, call),
      type,
      call: source.range(call),
      statement: source.statement(stmt),
      scope: scope === null ? null : scope.name,
      args: call.args.map((arg) => argumentFact(source, arg)),
      params: params === null ? null : source.source(params),
      model: owner === undefined || another !== undefined ? null : source.source(owner),
      lr: rate,
      lrProduct: lr === null || rate !== null ? null : productPlace(source, lr),
      momentum: momentum === null ? null : numberPlace(source, momentum),
      groupRates: params === null ? [] : groupRates(source, params),
      ownRates: params !== null && haveOwnRates(source, params),
      ownsModules: owners.length > 0,
    };
    out.push(
      withLazy<typeof given, Pick<OptimizerFact, 'members'>>(given, {
        members: () => (params === null ? [] : orElse(() => [...namesBehind(source, params)], [])),
      }),
    );
  }
  return out;
}

/** `lr` of each group in `SGD([{"params": head, "lr": 0.1}, {"params": body}])`, also behind a name. */
function groupRates(source: PythonSource, params: Expr): readonly LiteralPlace[] {
  const groups = params.kind === 'list' ? params : definition(source, params);
  return groups?.kind !== 'list'
    ? []
    : groups.items.flatMap((group) => {
        const lr = group.kind === 'dict' ? entryOf(source, group, 'lr') : null;
        return lr === null ? [] : (numberPlace(source, lr) ?? []);
      });
}

/** Does every group that is written out have a rate of its own? */
function haveOwnRates(source: PythonSource, params: Expr): boolean {
  const groups = params.kind === 'list' ? params : definition(source, params);
  return (
    groups?.kind === 'list' &&
    groups.items.length > 0 &&
    groups.items.every((group) => group.kind === 'dict' && entryOf(source, group, 'lr') !== null)
  );
}

/** Each rate that updates written out are multiplied by, once: what SGD would be given. */
export function collectHandOptimizers(source: PythonSource): OptimizerFact[] {
  const seen = new Set<string>();
  return handUpdates(source, source.body).flatMap(({ range, stmt, rate }) => {
    const lr = numberPlace(source, rate);
    const key = lr === null ? '' : `${lr.range.line}:${lr.range.column}`;
    if (lr === null || seen.has(key)) {
      return [];
    }
    seen.add(key);
    return [
      {
        name: null,
        type: 'torch.optim.SGD',
        call: source.range(range),
        statement: source.statement(stmt),
        scope: source.functionAt(range.start)?.name ?? null,
        args: [],
        params: null,
        model: null,
        members: [],
        lr,
        lrProduct: null,
        momentum: null,
        groupRates: [],
        ownsModules: false,
      },
    ];
  });
}

/** `lr` in `SGD(params, **settings)`, where `settings` is a dict of this file. */
function spreadArgument(source: PythonSource, call: CallExpr, name: string): Expr | null {
  const found = call.args.flatMap(({ star, value }) =>
    star === 2 ? (entryOf(source, value, name) ?? []) : [],
  );
  return found.length === 1 ? (found[0] ?? null) : null;
}

/** The product or quotient behind an expression: `1e-3 * batch / 256`, also through names. */
function productPlace(source: PythonSource, expr: Expr, depth = 0): LiteralPlace | null {
  if (expr.kind === 'binary' && /^[*/]$/.test(expr.op)) {
    const value = evaluate(source, expr) ?? Number.NaN;
    const definedAs = depth === 0 ? 'argument' : 'variable';
    return { value, text: source.source(expr), range: source.range(expr), definedAs };
  }
  const behind = depth < MAX_DEPTH ? definition(source, expr) : null;
  return behind === null ? null : productPlace(source, behind, depth + 1);
}
