import type { LogFormat } from '../format';
import { matching } from '../lineFormat';
import { rewrittenText } from '../rewrittenText';

const LINE = /\b(TRAIN|CV) (?:\| )?Batch (\d{1,6})\/(\d{1,9}) (.{1,400})$/;
/** So much of a line is looked at. */
const LONGEST = 400;

/** WeNet: behind "Batch" stand the epoch and the batch in it, not a batch and their number. */
export const wenet: LogFormat = {
  id: 'wenet',
  title: 'WeNet',
  reference: 'https://github.com/wenet-e2e/wenet/blob/main/wenet/utils/train_utils.py',
  sniff: (head) => (matching(head, LINE) > 0 ? 0.95 : 0),
  enough: 1,
  open: (recorder) => ({
    lines: rewrittenText(recorder, 'Batch ', (line) => {
      const [, part, epoch, batch, numbers] = LINE.exec(line.slice(0, LONGEST)) ?? [];
      return numbers === undefined
        ? null
        : `${part === 'CV' ? 'valid ' : ''}epoch ${epoch}, batch ${batch}, ${numbers}`;
    }),
  }),
  samples: [
    {
      text: '2023-05-05 16:28:34,123 DEBUG TRAIN Batch 0/100 loss 200.5 loss_att 90.25 lr 0.00001 rank 0\n2023-05-05 16:28:54,123 DEBUG TRAIN Batch 0/200 loss 150.5 loss_att 80.25 lr 0.00002 rank 0\n',
      points: [
        ['loss', 100, 200.5],
        ['loss_att', 100, 90.25],
        ['lr', 100, 0.00001],
        ['loss', 200, 150.5],
        ['loss_att', 200, 80.25],
        ['lr', 200, 0.00002],
      ],
    },
  ],
};
