import type { LogFormat } from '../format';
import { stringLines } from '../lineFormat';
import type { Recorder } from '../recorder';
import { numberOf } from '../scan/printedNumbers';

const NUMBER = String.raw`([-+]?\d+(?:\.\d*)?(?:e[-+]?\d{1,3})?|nan|[-+]?inf)`;
/** `step 100: train 1.5 val 1.75`, `100 train=1.5, val=1.75`: the words say which losses, not that they are. */
const LINE = new RegExp(
  String.raw`^[^a-z\d]{0,12}(?:(global[ _]step|step|iter(?:ation)?|it|epoch|ep)\W{0,4})?(\d{1,9})(?:/\d{1,9})?\W{1,6}(train(?:ing)?)[ :=]{1,4}${NUMBER}\W{1,6}(val(?:id(?:ation)?)?|test|dev)[ :=]{1,4}${NUMBER}(?![\w%.])`,
  'i',
);
const FEWEST = 3;

interface Pair {
  readonly axis: string;
  readonly place: number;
  readonly train: number;
  readonly names: readonly [string, string];
  readonly evaluation: number;
}

function pairOf(line: string): Pair | null {
  const [, axis = 'step', place = '', trainName = '', train = '', evalName = '', evaluation = ''] =
    LINE.exec(line) ?? [];
  return place === ''
    ? null
    : {
        axis,
        place: Number(place),
        train: numberOf(train),
        names: [trainName, evalName],
        evaluation: numberOf(evaluation),
      };
}

function open(recorder: Recorder): { lines: ReturnType<typeof stringLines> } {
  return {
    lines: stringLines((line, number) => {
      const pair = pairOf(line);
      const axis = pair === null ? null : recorder.keys.named(pair.axis);
      const train = pair === null ? null : recorder.keys.named(`${pair.names[0]} loss`);
      const evaluation = pair === null ? null : recorder.keys.named(`${pair.names[1]} loss`);
      if (pair === null || axis === null || train === null || evaluation === null) {
        return;
      }
      recorder.begin();
      recorder.add(axis, pair.place);
      recorder.add(train, pair.train);
      recorder.add(evaluation, pair.evaluation);
      recorder.commit(number);
    }),
  };
}

/** Lines of nothing but a step and two numbers called "train" and "val". They may as well be accuracies, so they have to fall. */
export const trainVal: LogFormat = {
  id: 'train-val',
  title: 'Bare pairs of losses (`step 100: train 1.5 val 1.75`)',
  reference: 'https://docs.python.org/3/library/functions.html#print',
  sniff(head) {
    if (head.binary) {
      return 0;
    }
    const filled = head.lines.filter((line) => line.trim() !== '');
    const pairs = filled.flatMap((line) => pairOf(line) ?? []);
    const places = new Set(pairs.map(({ place }) => place));
    const [first] = pairs;
    const last = pairs.at(-1);
    const falls = first !== undefined && last !== undefined && !(last.train >= first.train);
    return pairs.length >= FEWEST && pairs.length * 2 >= filled.length && places.size >= FEWEST && falls
      ? 0.7
      : 0;
  },
  open,
  samples: [
    {
      text: 'step 0: train 4.25 val 4.5\nstep 100: train 2.5 val 2.75\nstep 200: train 1.5 val 2.25\n',
      points: [
        ['train loss', 0, 4.25],
        ['train loss', 100, 2.5],
        ['train loss', 200, 1.5],
      ],
    },
    {
      text: '10: train=4.25, val=4.5\n20: train=nan, val=nan\n30: train=nan, val=nan\n',
      points: [
        ['train loss', 10, 4.25],
        ['train loss', 20, Number.NaN],
        ['train loss', 30, Number.NaN],
      ],
    },
  ],
};
