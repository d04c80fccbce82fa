import { replace } from '../../python/edits';
import type { PythonFacts } from '../../python/facts';
import type { CallExpr, Expr } from '../../python/syntax/ast';
import { expressionsIn } from '../../python/syntax/walk';
import type { Finding, Fix } from '../finding';
import type { PythonRule, RuleMeta } from '../rule';
import { finding, safeFix } from './support';

const meta: RuleMeta = {
  code: 'GI109',
  name: 'detached-backward',
  title: 'backward() starts from a value cut off from the model',
  severity: 'error',
  subject: 'python',
  remedies: ['keep-graph'],
  doc: {
    sees: '`backward()` on `loss.item()`, `loss.detach()`, `loss.data`, or on a tensor made anew from computed values: `torch.tensor(loss, requires_grad=True)`; and on a loss computed under `torch.no_grad()`.',
    why: 'The new tensor has no history. With `requires_grad=True` the call succeeds, the gradient stops at the copy, and no parameter of the model ever gets one: training runs and learns nothing.',
    reference: {
      title: 'torch.tensor',
      url: 'https://docs.pytorch.org/docs/stable/generated/torch.tensor.html',
    },
    whenWrong: 'A leaf tensor made from plain numbers, as in tests and toy examples, is left alone.',
    example: `import torch

def train(model, loader, loss_fn, optimizer):
    for x, y in loader:
        optimizer.zero_grad()
        loss = torch.tensor(loss_fn(model(x), y).item(), requires_grad=True)
        loss.backward()
        optimizer.step()
`,
    better: `import torch

def train(model, loader, loss_fn, optimizer):
    for x, y in loader:
        optimizer.zero_grad()
        loss = loss_fn(model(x), y)
        loss.backward()
        optimizer.step()
`,
  },
};

export const detachedBackward: PythonRule = {
  meta,
  check: (facts) =>
    facts.source
      .callsNamed('backward')
      .flatMap(({ call }) =>
        call.func.kind === 'attribute' ? checkReceiver(facts, call, call.func.object) : [],
      ),
};

function checkReceiver(facts: PythonFacts, call: CallExpr, receiver: Expr): Finding[] {
  const value = receiver.kind === 'name' ? facts.valueOf(receiver) : receiver;
  const how = value === null ? null : (detached(facts, value) ?? underNoGrad(facts, receiver, call));
  return how === null
    ? []
    : [
        finding(meta, {
          message: `backward() starts from ${how}, which is cut off from the model: no parameter gets a gradient.`,
          range: facts.rangeOf(call),
          fixes: value === null || detached(facts, value) === null ? [] : attached(facts, value),
        }),
      ];
}

/** `with torch.no_grad(): loss = ...` around the only statement that gives the value, and not around the backward pass. */
function underNoGrad(facts: PythonFacts, receiver: Expr, call: CallExpr): string | null {
  const [binding] = receiver.kind === 'name' ? facts.source.bindings(receiver) : [];
  const made = binding?.kind === 'assign' ? binding.stmt : null;
  if (made == null || !facts.source.mentions(/no_grad|inference_mode/)) {
    return null;
  }
  let found: string | null = null;
  // Outer before inner: the innermost switch counts.
  for (const stmt of facts.source.statements()) {
    if (stmt.kind !== 'with' || stmt.start > made.start || made.end > stmt.end || call.start < stmt.end) {
      continue;
    }
    for (const { value } of stmt.items) {
      const name = value.kind === 'call' ? facts.nameOf(value.func) : null;
      if (name !== null && /^torch\.(?:autograd\.(?:grad_mode\.)?)?(?:no_grad|inference_mode)$/.test(name)) {
        found = `a value computed under ${name}()`;
      } else if (name !== null && /(?:enable_grad|set_grad_enabled)$/.test(name)) {
        found = null;
      }
    }
  }
  return found;
}

/** Hands on what the copy was made of: `torch.tensor(f(x).item(), requires_grad=True)` → `f(x)`. */
function attached(facts: PythonFacts, value: Expr): Fix[] {
  const inner = value.kind === 'call' && isCopy(facts.nameOf(value.func)) ? value.args[0]?.value : value;
  const text = inner === undefined ? null : withHistory(facts, inner);
  return text === null
    ? []
    : [safeFix(facts, 'keep-graph', 'Keep the history of the loss', [replace(facts.rangeOf(value), text)])];
}

/** Text of an expression without the `.item()`, `.detach()` or `.data` at its end; null where more than that cuts it off. */
function withHistory(facts: PythonFacts, expr: Expr): string | null {
  const cut = expr.kind === 'call' && expr.args.length === 0 ? expr.func : expr;
  if (cut.kind === 'attribute' && (cut === expr ? cut.attr === 'data' : /^(?:item|detach)$/.test(cut.attr))) {
    return withHistory(facts, cut.object);
  }
  const cutInside = expressionsIn(expr).some(
    (one) => one.kind === 'attribute' && /^(?:item|detach|data|numpy|tolist|cpu)$/.test(one.attr),
  );
  return cutInside ? null : facts.textOf(facts.rangeOf(expr));
}

function isCopy(name: string | null): boolean {
  return name === 'torch.tensor' || name === 'torch.autograd.Variable' || name === 'torch.FloatTensor';
}

/** How a value lost its history; null when it did not, or nobody can tell. */
function detached(facts: PythonFacts, value: Expr): string | null {
  if (value.kind === 'attribute' && value.attr === 'data') {
    return '`.data`';
  }
  if (value.kind !== 'call') {
    return null;
  }
  if (
    value.func.kind === 'attribute' &&
    /^(?:item|detach|numpy|tolist)$/.test(value.func.attr) &&
    value.args.length === 0
  ) {
    return `\`.${value.func.attr}()\``;
  }
  const name = facts.nameOf(value.func);
  const source = value.args[0]?.value;
  return isCopy(name) && source !== undefined && isComputed(facts, source, name === 'torch.tensor')
    ? 'a new tensor'
    : null;
}

/** `loss.item()`, or with torch.tensor (which always copies) any value that a call computed. */
function isComputed(facts: PythonFacts, source: Expr, copies: boolean): boolean {
  const reads = expressionsIn(source).some(
    (expr) =>
      expr.kind === 'call' &&
      expr.func.kind === 'attribute' &&
      (expr.func.attr === 'item' || expr.func.attr === 'detach'),
  );
  if (reads || !copies) {
    return reads;
  }
  const value = source.kind === 'name' ? facts.valueOf(source) : source;
  const name = value?.kind === 'call' ? (facts.nameOf(value.func) ?? '') : '';
  return (
    value?.kind === 'call' &&
    source.kind === 'name' &&
    /loss/i.test(source.id) &&
    !/^(?:numpy|random|math|float|int)\b/.test(name)
  );
}
