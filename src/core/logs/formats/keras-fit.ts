import type { LogFormat } from '../format';
import { matching, stringLines } from '../lineFormat';
import type { Recorder } from '../recorder';
import { numberOf } from '../scan/printedNumbers';

const EPOCH = /^Epoch (\d+)\/(\d+)\s*$/;
const BAR = /^\s{0,20}(\d+)\/(\d+) .{0,200}? - (?:.{0,60}?\/step|ETA|.{0,20}s)\b/;
const METRIC = / - ([A-Za-z_][\w/]{0,80}): (-?[\d.]+(?:e[-+]?\d+)?|nan|-?inf)/gi;

/** Counts epochs from their headers (a script may call `fit` again and again) and takes each one's last, full bar. */
function open(recorder: Recorder): { lines: ReturnType<typeof stringLines> } {
  let epochs = 0;
  let done = new Set<string>();
  return {
    lines: stringLines((line, number) => {
      if (EPOCH.test(line)) {
        epochs++;
        done = new Set();
        return;
      }
      const bar = BAR.exec(line);
      const epochKey = recorder.keys.named('epoch');
      if (bar === null || bar[1] !== bar[2] || epochs === 0 || epochKey === null) {
        return;
      }
      recorder.begin();
      recorder.add(epochKey, epochs);
      for (const [, name = '', value = ''] of line.matchAll(METRIC)) {
        const key = name === 'ETA' || done.has(name) ? null : recorder.keys.named(name);
        if (key !== null) {
          done.add(name);
          recorder.add(key, numberOf(value));
        }
      }
      if (recorder.size > 1) {
        recorder.commit(number);
      }
    }),
  };
}

/** What Keras prints while it fits: one line an epoch, redrawn. It logs no gradients. */
export const kerasFit: LogFormat = {
  id: 'keras-fit',
  title: 'Keras model.fit output (no gradients)',
  reference: 'https://keras.io/api/models/model_training_apis/#fit-method',
  sniff: (head) =>
    matching(head, EPOCH) > 0 && matching(head, /^\s*\d+\/\d+ (?:\[=*[>.=]|━).{0,200} - loss: /) > 0
      ? 0.92
      : 0,
  enough: 1,
  open,
  samples: [
    {
      text: 'Epoch 1/2\n 1/20 [>.......] - ETA: 24s - loss: 0.75 - accuracy: 0.5\n20/20 [========] - 1s 2ms/step - loss: 0.5 - accuracy: 0.6 - val_loss: 0.7\nEpoch 2/2\n20/20 [========] - 1s 2ms/step - loss: 0.25 - accuracy: 0.7 - val_loss: 0.6\n',
      points: [
        ['loss', 1, 0.5],
        ['loss', 2, 0.25],
      ],
    },
  ],
};
