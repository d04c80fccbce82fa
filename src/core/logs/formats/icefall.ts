import type { LogFormat } from '../format';
import { meaningOf } from '../keys';
import { matching } from '../lineFormat';
import { bytesOf, find, textOf } from '../scan/bytes';
import { TextLog } from '../textLog';

const NUMBER = '([\\d.e+-]{1,20}|nan|inf)';
const LINE = new RegExp(
  `grad-norm quartiles(?: ${NUMBER}){2} ${NUMBER}(?: ${NUMBER}) ${NUMBER}, (threshold=.{1,80})$`,
);
const WORD = bytesOf('grad-norm quartiles');
const MEDIAN = 'median grad_norm';
const LARGEST = 'largest grad_norm';

/**
 * icefall and other k2 recipes: losses every so many batches, and quartiles of the gradient norms since the last such
 * line (optim.py). The median stands for the norm; the largest is kept beside it.
 */
export const icefall: LogFormat = {
  id: 'icefall',
  title: 'icefall (k2)',
  reference: 'https://github.com/k2-fsa/icefall/blob/master/egs/librispeech/ASR/zipformer/optim.py',
  sniff: (head) => (matching(head, LINE) > 0 ? 0.95 : 0),
  enough: 1,
  meaning(name) {
    if (name === MEDIAN) {
      return meaningOf('grad_norm');
    }
    return meaningOf(name === LARGEST ? 'grad_norm_max' : name);
  },
  open(recorder) {
    const log = new TextLog(recorder);
    return {
      lines: {
        line(bytes, start, end, number) {
          const at = find(bytes, start, Math.min(end, start + 400), WORD);
          const match = at < 0 ? null : LINE.exec(textOf(bytes, at, Math.min(end, at + 400)));
          if (match === null) {
            log.line(bytes, start, end, number);
            return;
          }
          const plain = bytesOf(`${MEDIAN}=${match[2]}, ${LARGEST}=${match[4]}, ${match[5]}`);
          log.line(plain, 0, plain.length, number);
        },
      },
    };
  },
  samples: [
    {
      text: '2026-10-08 20:19:58,841 INFO [train.py:1082] (0/4) Epoch 1, batch 50, loss[loss=1.5, simple_loss=1.25, over 100.00 frames. ], tot_loss[loss=1.75, over 200.00 frames. ], batch size: 100, lr: 2.25e-02, grad_scale: 1.0\n2026-10-08 20:20:58,841 INFO [optim.py:468] (0/4) Clipping_scale=2.0, grad-norm quartiles 1.5e+02 1.75e+02 2.0e+02 2.25e+02 3.5e+02, threshold=4.0e+02, percent-clipped=0.0\n2026-10-08 20:21:58,841 INFO [train.py:1082] (0/4) Epoch 1, batch 100, loss[loss=1.25, simple_loss=1.0, over 100.00 frames. ], tot_loss[loss=1.5, over 200.00 frames. ], batch size: 100, lr: 2.25e-02, grad_scale: 2.0\n',
      points: [
        ['loss', 50, 1.5],
        ['simple_loss', 50, 1.25],
        ['lr', 50, 0.0225],
        ['grad_scale', 50, 1],
        ['median grad_norm', 50, 200],
        ['largest grad_norm', 50, 350],
        ['loss', 100, 1.25],
        ['simple_loss', 100, 1],
        ['lr', 100, 0.0225],
        ['grad_scale', 100, 2],
      ],
    },
  ],
};
