import type { LogFormat } from '../format';
import { matching } from '../lineFormat';
import { bytesOf, find, textOf } from '../scan/bytes';
import { TextLog } from '../textLog';

const LINE = /\b(TRAIN|CV) (?:\| )?Batch (\d{1,6})\/(\d{1,9}) (.{1,400})$/;
const WORD = bytesOf('Batch ');
/** Level, time and place stand before the words within this. */
const PREFIX = 200;

/** WeNet: behind "Batch" stand the epoch and the batch in it, not a batch and their number. */
export const wenet: LogFormat = {
  id: 'wenet',
  title: 'WeNet',
  reference: 'https://github.com/wenet-e2e/wenet/blob/main/wenet/utils/train_utils.py',
  sniff: (head) => (matching(head, LINE) > 0 ? 0.95 : 0),
  enough: 1,
  open(recorder) {
    const log = new TextLog(recorder);
    return {
      lines: {
        line(bytes, start, end, number) {
          const at = find(bytes, start, Math.min(end, start + PREFIX), WORD);
          const match = at < 0 ? null : LINE.exec(textOf(bytes, start, Math.min(end, start + 2 * PREFIX)));
          if (match === null) {
            log.line(bytes, start, end, number);
            return;
          }
          const [, part, epoch, batch, numbers] = match;
          const plain = bytesOf(`${part === 'CV' ? 'valid ' : ''}epoch ${epoch}, batch ${batch}, ${numbers}`);
          log.line(plain, 0, plain.length, number);
        },
      },
    };
  },
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
