import type { OptimizerFact, PythonFacts } from '../../python/facts';
import type { Stmt } from '../../python/syntax/ast';
import { childBlocks, expressionsOf } from '../../python/syntax/walk';
import { insertAfter } from '../../remedies/edits/place';
import type { Finding, Fix } from '../finding';
import type { PythonRule, RuleMeta } from '../rule';
import { finding, place, unsafeFix } from './support';

const meta: RuleMeta = {
  code: 'GI121',
  name: 'optimizer-never-steps',
  title: 'An optimizer that is reset in each turn never steps',
  severity: 'warning',
  subject: 'python',
  remedies: ['take-step'],
  doc: {
    sees: 'A variable with an optimizer of `torch.optim` whose gradients are reset in a loop that goes backward, and that the file uses for nothing else: no `step()`, not handed to a function, a scaler or another object.',
    why: '`backward()` only computes gradients. Without a step no parameter changes and the loss stays where it began.',
    reference: {
      title: 'torch.optim, Taking an optimization step',
      url: 'https://docs.pytorch.org/docs/stable/optim.html#taking-an-optimization-step',
    },
    whenWrong:
      'Programs that only measure gradients, and update the parameters by hand where this is not seen.',
    example: `import torch

def train(model, loader, loss_fn):
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    for x, y in loader:
        optimizer.zero_grad()
        loss = loss_fn(model(x), y)
        loss.backward()
`,
    better: `import torch

def train(model, loader, loss_fn):
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    for x, y in loader:
        optimizer.zero_grad()
        loss = loss_fn(model(x), y)
        loss.backward()
        optimizer.step()
`,
  },
};

export const optimizerNeverSteps: PythonRule = {
  meta,
  check: (facts) =>
    facts.handOptimizers.length > 0
      ? []
      : facts.optimizers.flatMap((optimizer) => {
          const pass = isNeverStepped(facts, optimizer) ? passOf(facts, optimizer.name ?? '') : null;
          return pass === null ? [] : [report(facts, optimizer, pass)];
        }),
};

/** What may be done with an optimizer that steps nothing. */
const STEPS_NOTHING = /^\.(?:zero_grad\(|param_groups\b|state_dict\(|defaults\b|state\b(?!_))/;

/** A schedule changes the rate of the optimizer that it is given, and steps nothing. */
const SCHEDULER = /(?:lr_scheduler\.\w{1,40}|\w{0,40}(?:LR|WarmRestarts|LROnPlateau))\((?:self\.)?$/;

function isNeverStepped({ source }: PythonFacts, { name, type }: OptimizerFact): boolean {
  if (name === null || !/^(?:self\.)?\w+$/.test(name) || !/^torch\.optim\.(?!LBFGS)/.test(type)) {
    return false;
  }
  const isStepped = source
    .callsNamed('step')
    .some(({ call }) => call.func.kind === 'attribute' && source.source(call.func.object) === name);
  if (isStepped) {
    return false;
  }
  // An attribute may be used under another name than `self`; what a comment says is no use.
  const word = name.replace(/^self\./, '');
  const code = !source.mentions(/#/)
    ? source.view.own
    : source.view.own.replace(/(^|['"])([^\n'"#]*)#[^\n'"]*$/gm, '$1$2');
  const uses = [...code.matchAll(new RegExp(`(?<!\\w)${word}\\b`, 'g'))].map(({ index }) => ({
    before: code.slice(Math.max(0, index - FAR), index),
    after: code.slice(index + word.length, index + word.length + FAR),
  }));
  return (
    uses.every(
      ({ before, after }) =>
        STEPS_NOTHING.test(after) || /^\s{0,8}=(?!=)/.test(after) || SCHEDULER.test(before),
    ) && uses.some(({ after }) => after.startsWith('.zero_grad('))
  );
}

/** Characters around a name that tell what is done with it. */
const FAR = 60;

interface Pass {
  readonly backward: Stmt;
  /** The optimizer as the loop names it. */
  readonly subject: string;
  /** The backward pass, or what clips its gradients behind it. */
  readonly last: Stmt;
}

/** The backward pass in the block of a loop that resets an optimizer. */
function passOf(facts: PythonFacts, optimizer: string): Pass | null {
  /** What a statement calls a method of, as written: `loss` in `loss.backward()`. */
  const subjectsOf = (stmt: Stmt, method: string): readonly string[] =>
    stmt.kind !== 'expr'
      ? []
      : expressionsOf(stmt).flatMap((expr) =>
          expr.kind === 'call' && expr.func.kind === 'attribute' && expr.func.attr === method
            ? [facts.textOf(facts.rangeOf(expr.func.object))]
            : [],
        );
  for (const stmt of facts.source.statements()) {
    const [block] = stmt.kind === 'for' || stmt.kind === 'while' ? childBlocks(stmt) : [];
    const at = block?.findIndex((one) => subjectsOf(one, 'backward').length > 0) ?? -1;
    const backward = block?.[at];
    const subject = block
      ?.flatMap((one) => subjectsOf(one, 'zero_grad'))
      .find((text) => lastName(text) === lastName(optimizer));
    if (block !== undefined && backward !== undefined && subject !== undefined) {
      const clip = block
        .slice(at + 1)
        .find((one) => /\bclip_grad_(?:norm|value)_\(/.test(facts.textOf(facts.rangeOf(one))));
      return { backward, subject, last: clip ?? backward };
    }
  }
  return null;
}

/** `optimizer` in `self.optimizer`, and in `trainer.optimizer` of an object of that class. */
function lastName(text: string): string {
  return text.slice(text.lastIndexOf('.') + 1);
}

function report(facts: PythonFacts, optimizer: OptimizerFact, { backward, subject, last }: Pass): Finding {
  const edit = insertAfter(facts, facts.statementOf(last), [`${subject}.step()`]);
  const fixes: readonly Fix[] =
    edit === null
      ? []
      : [unsafeFix(facts, 'take-step', `Step ${subject} after the backward pass`, [edit], true)];
  return finding(meta, {
    message: `Nothing steps ${subject}: the gradients of this pass change no parameter.`,
    range: facts.rangeOf(backward),
    related: [place(facts, optimizer.call, 'The optimizer')],
    fixes,
  });
}
