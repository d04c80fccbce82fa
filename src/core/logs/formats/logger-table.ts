import type { LogFormat } from '../format';
import { matching, stringLines } from '../lineFormat';
import type { Recorder } from '../recorder';
import { numberOf } from '../scan/printedNumbers';

const RULE = /^-{8,}\s*$/;
const ROW = /^\|( +)([^|]{1,120}?)\s*\|\s*([^|]{0,60}?)\s*\|\s*$/;
const NUMBER = /^(-?[\d.]+(?:e[-+]?\d+)?|nan|-?inf)%?$/i;

/** A box of rows is one record; `train/` alone in a row names the section of the indented rows below. */
function open(recorder: Recorder): { lines: ReturnType<typeof stringLines> } {
  let section = '';
  let from = 0;
  recorder.begin();
  return {
    lines: stringLines((line, number) => {
      if (RULE.test(line)) {
        if (recorder.size > 0) {
          recorder.lineShift = 0;
          recorder.commit(from);
        }
        recorder.begin();
        from = number;
        section = '';
        return;
      }
      const row = ROW.exec(line);
      if (row === null) {
        return;
      }
      const [, indent = '', name = '', cell = ''] = row;
      if (cell === '' && name.endsWith('/')) {
        section = name;
        return;
      }
      const key = NUMBER.test(cell) ? recorder.keys.named(indent.length > 1 ? section + name : name) : null;
      if (key !== null) {
        recorder.lineShift = number - from;
        recorder.add(key, numberOf(cell.replace('%', '')));
      }
    }),
  };
}

/** Boxes of the OpenAI baselines logger: stable-baselines, improved-diffusion, many reinforcement-learning scripts. */
export const loggerTable: LogFormat = {
  id: 'logger-table',
  title: 'OpenAI baselines logger tables (stable-baselines, improved-diffusion)',
  reference: 'https://stable-baselines3.readthedocs.io/en/master/common/logger.html',
  sniff: (head) =>
    matching(head, RULE) > 1 &&
    matching(head, ROW) > 2 &&
    matching(head, /\|\s*\S{0,60}(?:loss|grad_norm)/) > 0
      ? 0.9
      : 0,
  enough: 0,
  open,
  samples: [
    {
      text: '-------------------------\n| grad_norm    | 0.0222 |\n| train/       |        |\n|    loss      | 0.5    |\n-------------------------\n-------------------------\n| grad_norm    | nan    |\n| train/       |        |\n|    loss      | 0.25   |\n-------------------------\n',
      points: [
        ['grad_norm', 0, 0.0222],
        ['train/loss', 0, 0.5],
        ['grad_norm', 1, Number.NaN],
        ['train/loss', 1, 0.25],
      ],
    },
  ],
};
