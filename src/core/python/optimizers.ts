import { argumentOf } from './definitions';
import type { OptimizerFact } from './facts';
import { argumentFact, numberPlace } from './literals';
import { assignedName, parametersOwner } from './loops';
import type { PythonSource } from './source';

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
    const owner = params === null ? null : parametersOwner(params);
    const lr =
      argumentOf(call, 'lr', torchLike ? 1 : 0) ?? argumentOf(call, 'learning_rate', torchLike ? -1 : 0);
    const momentum = argumentOf(call, 'momentum', -1);
    const scope = source.functionAt(call.start);
    out.push({
      name: assignedName(source, call),
      type,
      call: source.range(call),
      statement: source.statement(stmt),
      scope: scope === null ? null : scope.name,
      args: call.args.map((arg) => argumentFact(source, arg)),
      params: params === null ? null : source.source(params),
      model: owner === null ? null : source.source(owner),
      lr: lr === null ? null : numberPlace(source, lr),
      momentum: momentum === null ? null : numberPlace(source, momentum),
    });
  }
  return out;
}
