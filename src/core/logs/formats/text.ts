import type { LogFormat } from '../format';
import { TextLog } from '../textLog';

/** Whatever a training script prints: the fall-back that most scripts need. */
export const text: LogFormat = {
  id: 'text',
  title: 'Text (key: value, key=value, progress bars, per-parameter prints)',
  reference: 'https://docs.python.org/3/library/functions.html#print',
  sniff: (head) => (head.binary ? 0 : 0.3),
  open: (recorder, path) => ({ lines: new TextLog(recorder, path) }),
  samples: [
    {
      text: 'Epoch [1/2], Step [5/10], Loss: 0.4, grad_norm: 1.5\nEpoch [2/2], Step [5/10], Loss: 0.2, grad_norm: 1.25\n',
      points: [
        ['Loss', 5, 0.4],
        ['grad_norm', 5, 1.5],
        ['Loss', 15, 0.2],
        ['grad_norm', 15, 1.25],
      ],
    },
    {
      text: '[step 0] loss=0.8 lr=2e-3\n    grad/first.weight = 1e-9\n    grad/last.bias = nan\n[step 4] loss=0.7 lr=2e-3\n    grad/first.weight = 2e-9\n    grad/last.bias = inf\n',
      points: [
        ['loss', 0, 0.8],
        ['lr', 0, 0.002],
        ['grad/first.weight', 0, 1e-9],
        ['grad/last.bias', 0, Number.NaN],
        ['loss', 4, 0.7],
        ['lr', 4, 0.002],
        ['grad/first.weight', 4, 2e-9],
        ['grad/last.bias', 4, Number.POSITIVE_INFINITY],
      ],
    },
    {
      text: 'Layer 1 gradient: 0.0001\nLayer 2 gradient: 0.5\nLayer 1 gradient: 0.0002\nLayer 2 gradient: 0.25\n',
      points: [
        ['Layer 1 gradient', 0, 0.0001],
        ['Layer 2 gradient', 0, 0.5],
        ['Layer 1 gradient', 1, 0.0002],
        ['Layer 2 gradient', 1, 0.25],
      ],
    },
    {
      text: 'body.0.weight: gradient norm = 19.5\nbody.1.weight: gradient norm = 2.5\n',
      points: [
        ['body.0.weight: gradient norm', 0, 19.5],
        ['body.1.weight: gradient norm', 0, 2.5],
      ],
    },
    {
      text: 'Gradient norm for body.0.weight: 19.5\nGradient norm for body.1.weight: 2.5\n',
      points: [
        ['Gradient norm for body.0.weight', 0, 19.5],
        ['Gradient norm for body.1.weight', 0, 2.5],
      ],
    },
    {
      text: '2026-01-02 03:04:05,678 | INFO    | vae | step 10 loss 27.5 grads enc.weight=3.25 mu.weight=6.5\n2026-01-02 03:04:06,678 | INFO    | vae | step 20 loss 21.5 grads enc.weight=1.75 mu.weight=nan\n',
      points: [
        ['loss', 10, 27.5],
        ['enc.weight', 10, 3.25],
        ['mu.weight', 10, 6.5],
        ['loss', 20, 21.5],
        ['enc.weight', 20, 1.75],
        ['mu.weight', 20, Number.NaN],
      ],
    },
    {
      text: '[  99] loss: 0.4  |g|: 1.5\n[ 100] loss: 0.2  |g|: 1.25\n[1000] loss: 0.1  |g|: 0.5\n',
      points: [
        ['loss', 99, 0.4],
        ['|g|', 99, 1.5],
        ['loss', 100, 0.2],
        ['|g|', 100, 1.25],
        ['loss', 1000, 0.1],
        ['|g|', 1000, 0.5],
      ],
    },
    {
      text: '== epoch  1  train loss 1.5\n   0.weight   grad norm 3.5e-08\n   10.weight  grad norm 0.25\n== epoch  2  train loss 1.25\n   0.weight   grad norm 2.5e-08\n   10.weight  grad norm 0.5\n',
      points: [
        ['train loss', 1, 1.5],
        ['0.weight: grad norm', 1, 3.5e-8],
        ['10.weight: grad norm', 1, 0.25],
        ['train loss', 2, 1.25],
        ['0.weight: grad norm', 2, 2.5e-8],
        ['10.weight: grad norm', 2, 0.5],
      ],
    },
    {
      text: '| epoch   1 |     0/   29 batches | lr 5.00 | loss  3.91 | gnorm 0.75\n| epoch   2 |    28/   29 batches | lr 5.00 | loss  2.25 | gnorm 0.5\n',
      points: [
        ['lr', 0, 5],
        ['loss', 0, 3.91],
        ['gnorm', 0, 0.75],
        ['lr', 57, 5],
        ['loss', 57, 2.25],
        ['gnorm', 57, 0.5],
      ],
    },
    {
      text: 'epoch 0 | loss 7.5\n  Layer 0 weight grad norm: 0.25, bias grad norm: 0.5\nepoch 1 | loss 6.5\n  Layer 0 weight grad norm: 0.125, bias grad norm: 0.75\n',
      points: [
        ['loss', 0, 7.5],
        ['Layer 0 weight grad norm', 0, 0.25],
        ['Layer 0 bias grad norm', 0, 0.5],
        ['loss', 1, 6.5],
        ['Layer 0 weight grad norm', 1, 0.125],
        ['Layer 0 bias grad norm', 1, 0.75],
      ],
    },
  ],
};
