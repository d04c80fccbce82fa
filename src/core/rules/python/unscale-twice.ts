import { removeLines } from '../../python/edits';
import type { LoopEvent, PythonFacts, TrainingLoop } from '../../python/facts';
import type { Finding } from '../finding';
import type { PythonRule, RuleMeta } from '../rule';
import { canMove, finding, happensWith, place, safeFix } from './support';

const meta: RuleMeta = {
  code: 'GI108',
  name: 'unscale-twice',
  title: 'Gradients are unscaled twice before one step',
  severity: 'error',
  subject: 'python',
  remedies: ['unscale'],
  doc: {
    sees: 'Two `scaler.unscale_(optimizer)` calls for the same optimizer on one path, with no step or `scaler.update()` between them.',
    why: 'The second call raises a RuntimeError: PyTorch allows one `unscale_` for each optimizer and step.',
    reference: {
      title: 'torch.amp.GradScaler.unscale_',
      url: 'https://docs.pytorch.org/docs/stable/amp.html#torch.amp.GradScaler.unscale_',
    },
    whenWrong: 'Two scalers that share a variable name at different times.',
    example: `import torch

def train(model, loader, loss_fn):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    scaler = torch.cuda.amp.GradScaler()
    for x, y in loader:
        optimizer.zero_grad()
        scaler.scale(loss_fn(model(x), y)).backward()
        scaler.unscale_(optimizer)
        print(max(p.grad.norm() for p in model.parameters()))
        scaler.unscale_(optimizer)
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        scaler.step(optimizer)
        scaler.update()
`,
    better: `import torch

def train(model, loader, loss_fn):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    scaler = torch.cuda.amp.GradScaler()
    for x, y in loader:
        optimizer.zero_grad()
        scaler.scale(loss_fn(model(x), y)).backward()
        scaler.unscale_(optimizer)
        print(max(p.grad.norm() for p in model.parameters()))
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        scaler.step(optimizer)
        scaler.update()
`,
  },
};

export const unscaleTwice: PythonRule = {
  meta,
  check: (facts) => facts.loops.flatMap((loop) => checkLoop(facts, loop)),
};

function checkLoop(facts: PythonFacts, loop: TrainingLoop): Finding[] {
  return loop.events.flatMap((second, index) => {
    const first = second.kind === 'unscale' ? earlier(loop.events.slice(0, index), second) : null;
    if (first === null || second.helper !== null) {
      return [];
    }
    return [
      finding(meta, {
        message: `The gradients of ${second.subject} are already unscaled (line ${first.call.line}): this second call raises a RuntimeError.`,
        range: second.call,
        related: [place(facts, first.call, 'The first unscale_')],
        fixes: canMove(second)
          ? [safeFix(facts, 'unscale', 'Remove the second unscale_', [removeLines(facts, second.statement)])]
          : [],
      }),
    ];
  });
}

/** An unscale of the same optimizer that always comes before this one, with no step in between. */
function earlier(before: readonly LoopEvent[], second: LoopEvent): LoopEvent | null {
  let first: LoopEvent | null = null;
  for (const event of before) {
    if (event.kind === 'step' || event.kind === 'scaler-update') {
      first = null;
    } else if (
      event.kind === 'unscale' &&
      event.subject === second.subject &&
      event.scaler === second.scaler
    ) {
      first = happensWith(event, second) ? event : first;
    }
  }
  return first;
}
