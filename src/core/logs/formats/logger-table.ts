import type { LogFormat } from '../format';
import { matching, stringLines } from '../lineFormat';
import type { Recorder } from '../recorder';
import { numberOf } from '../scan/printedNumbers';

const RULE = /^(?:-{8,}|\+-{3,120}\+-{3,120}\+|[╭╰├┌└┏┗┡][─━┬┴┼┳┻╇]{8,240}[╮╯┤┐┘┓┛┩])\s*$/;
const ROW = /^[|│┃]( +)([^|│┃]{1,120}?)\s*[|│┃]\s*([^|│┃]{0,60}?)\s*[|│┃]\s*$/;
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

/** `| train/loss | 0.5 |` */
function isTrainingRow(line: string): boolean {
  const [, , name = '', cell = ''] = ROW.exec(line) ?? [];
  return /(?:loss|grad[_ ]norm)/i.test(name) && NUMBER.test(cell);
}

/** Boxes of names and values: the OpenAI baselines logger's, and those of table libraries with the step in a row. */
export const loggerTable: LogFormat = {
  id: 'logger-table',
  title: 'A table of names and values for each step (OpenAI baselines, stable-baselines, PrettyTable, Rich)',
  reference: 'https://stable-baselines3.readthedocs.io/en/master/common/logger.html',
  sniff: (head) =>
    matching(head, RULE) > 1 && matching(head, ROW) > 2 && head.lines.some(isTrainingRow) ? 0.9 : 0,
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
    {
      text: '+-----------+--------+\n|   Metric  | Value  |\n+-----------+--------+\n|    step   |   10   |\n|    loss   | 2.5    |\n| grad_norm | 1.25   |\n+-----------+--------+\n+-----------+--------+\n|   Metric  | Value  |\n+-----------+--------+\n|    step   |   20   |\n|    loss   | 2.25   |\n| grad_norm | 1.5    |\n+-----------+--------+\n',
      points: [
        ['loss', 10, 2.5],
        ['grad_norm', 10, 1.25],
        ['loss', 20, 2.25],
        ['grad_norm', 20, 1.5],
      ],
    },
  ],
};
