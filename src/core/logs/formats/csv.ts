import { CsvLog, isHeaderRemark, longColumns } from '../csvLog';
import type { Head, LogFormat } from '../format';
import { meaningOf } from '../keys';
import type { Recorder } from '../recorder';
import { COMMA, CR, HASH, indexOfByte, LF, OPEN_BRACE, SEMICOLON, SPACE, TAB, textOf } from '../scan/bytes';
import { isOtherScience } from '../scan/names';

/** Rows of a long table that are looked at. */
const ROWS_LOOKED_AT = 100;
/** A curve downloaded from TensorBoard: what it shows stands in the file's name. */
const SCALARS = /^Wall time,Step,Value\s*$/;
const DELIMITERS = [COMMA, TAB, SEMICOLON];

/** A header of a training table and its delimiter; null when the columns say nothing of training. */
function trainingHeader(head: Head): number | null {
  const first = head.binary ? '' : headerLine(head);
  if (first === '') {
    return null;
  }
  if (SCALARS.test(first)) {
    return COMMA;
  }
  for (const delimiter of DELIMITERS) {
    const cells = first
      .split(String.fromCharCode(delimiter))
      .map((cell) => cell.trim().replace(/^"|"$/g, ''));
    if (cells.length >= 2 && (isTraining(atEnds(cells)) || isLong(cells, head, delimiter))) {
      return delimiter;
    }
  }
  return null;
}

/** Of tens of thousands of columns those at either end are looked at: between them stand more of the same. */
const LOOKED_AT = 1000;

function atEnds(cells: readonly string[]): readonly string[] {
  return cells.length <= 2 * LOOKED_AT ? cells : [...cells.slice(0, LOOKED_AT), ...cells.slice(-LOOKED_AT)];
}

/** A long table (`step,name,value`) whose rows name a loss or a gradient. */
function isLong(cells: readonly string[], head: Head, delimiter: number): boolean {
  const { name, value } = longColumns(cells);
  if (
    name < 0 ||
    value < 0 ||
    !cells.map(meaningOf).some(({ role }) => role === 'step' || role === 'epoch')
  ) {
    return false;
  }
  const names = head.lines
    .slice(1, ROWS_LOOKED_AT)
    .map((line) => (line.split(String.fromCharCode(delimiter))[name] ?? '').trim().replace(/^"|"$/g, ''));
  return names.map(meaningOf).some(({ kind, weak }) => !weak && (kind === 'loss' || kind === 'grad-norm'));
}

/** Lines of remarks that may stand before the header. */
const MOST_REMARKS = 50;

/** Bytes at either end of a header that are looked at: Lightning's has tens of thousands. */
const END_BYTES = 64 * 1024;

/** The header line. Remarks before it are passed over. */
function headerLine({ bytes }: Head): string {
  let at = 0;
  for (let remarks = 0; remarks <= MOST_REMARKS; remarks++) {
    while (at < bytes.length && bytes[at]! <= SPACE) {
      at++;
    }
    const lf = indexOfByte(bytes, LF, at, bytes.length);
    const line = lf < 0 ? bytes.length : lf;
    const cr = indexOfByte(bytes, CR, at, line);
    const end = cr < 0 ? line : cr;
    if (bytes[at] !== HASH) {
      return bytes[at] === OPEN_BRACE ? '' : endsOf(bytes, at, end);
    }
    const remark = textOf(bytes, at, end);
    if (isHeaderRemark(remark)) {
      return remark.replace(/^#\s*/, '');
    }
    at = end;
  }
  return '';
}

/** Of a line of tens of thousands of names both ends. */
function endsOf(bytes: Uint8Array, start: number, end: number): string {
  return end - start <= 2 * END_BYTES
    ? textOf(bytes, start, end)
    : textOf(bytes, start, start + END_BYTES) + textOf(bytes, end - END_BYTES, end);
}

/** `run-train-tag-train_loss.csv` shows `train_loss`. */
function nameIn(path: string): string {
  const file = path.split(/[\\/]/).at(-1) ?? '';
  return file.replace(/\.\w{1,5}$/, '').replace(/^.{0,200}(?:^|[-_])tag-/, '');
}

function isTraining(cells: readonly string[]): boolean {
  if (
    cells.some((cell) => cell === '' && cells.length < 4) ||
    cells.some((cell) => /^(?:profit|price|revenue|pnl|stop_?loss|volume)$/i.test(cell)) ||
    cells.some((cell) => /^[-+.\d]+(?:e[-+]?\d+)?$/i.test(cell))
  ) {
    return false;
  }
  const meanings = cells.map(meaningOf);
  const axis = meanings.some(({ role }) => role === 'step' || role === 'epoch');
  const gradients = meanings.filter(
    ({ kind, weak }) => (kind === 'grad-norm' || kind === 'grad-max') && !weak,
  ).length;
  const losses = meanings.filter(({ kind, weak }) => kind === 'loss' && !weak).length;
  const companions =
    meanings.filter(({ kind, split }) => kind === 'learning-rate' || split === 'eval').length +
    cells.filter((cell) => /^(?:train_?)?(?:acc|accuracy|perplexity|ppl)$/i.test(cell)).length;
  return (
    (gradients > 0 && ((axis && (losses > 0 || !isOtherScience(cells))) || losses > 0 || gradients > 1)) ||
    (losses > 0 && (axis || companions > 0 || losses > 1)) ||
    (axis && companions > 0 && meanings.some(({ kind }) => kind === 'learning-rate'))
  );
}

/** Tables: scripts' own, Lightning's metrics.csv, Keras' CSVLogger, Ultralytics' results.csv, DVCLive's tsv files. */
export const csv: LogFormat = {
  id: 'csv',
  title: 'CSV and TSV (wide or sparse, Lightning metrics.csv)',
  reference: 'https://lightning.ai/docs/pytorch/stable/api/lightning.pytorch.loggers.csv_logs.html',
  sniff: (head) => (trainingHeader(head) === null ? 0 : 0.85),
  enough: 0,
  open: (recorder: Recorder, path) => ({ lines: new CsvLog(recorder, nameIn(path)) }),
  samples: [
    {
      text: 'step,loss,fc1.weight,fc2.weight\n0,1.5,1e-9,0.25\n5,1.25,2e-9,inf\n',
      points: [
        ['loss', 0, 1.5],
        ['fc1.weight', 0, 1e-9],
        ['fc2.weight', 0, 0.25],
        ['loss', 5, 1.25],
        ['fc1.weight', 5, 2e-9],
        ['fc2.weight', 5, Number.POSITIVE_INFINITY],
      ],
    },
    {
      text: 'grad_2.0_norm/enc.weight_step,grad_2.0_norm/enc.weight_epoch,epoch,step,train_loss\n0.5,,0,9,\n,,0,9,1.5\n,0.25,0,9,\n',
      points: [
        ['grad_2.0_norm/enc.weight_step', 9, 0.5],
        ['train_loss', 9, 1.5],
      ],
    },
    {
      path: 'run-train-tag-grad_norm.csv',
      text: 'Wall time,Step,Value\n1700000000.5,10,0.5\n1700000001.5,20,nan\n',
      points: [
        ['grad_norm', 10, 0.5],
        ['grad_norm', 20, Number.NaN],
      ],
    },
    {
      text: 'step;loss;grad_norm\n10;0,5;1,25\n20;0,25;1,5\n',
      points: [
        ['loss', 10, 0.5],
        ['grad_norm', 10, 1.25],
        ['loss', 20, 0.25],
        ['grad_norm', 20, 1.5],
      ],
    },
    {
      text: 'step,layer,grad_norm\n1,fc1,0.5\n1,fc2,0.25\n2,fc1,nan\n',
      points: [
        ['fc1: grad_norm', 1, 0.5],
        ['fc2: grad_norm', 1, 0.25],
        ['fc1: grad_norm', 2, Number.NaN],
      ],
    },
    {
      text: 'wall_time,step,tag,value\n1700000000.5,1,train/loss,0.5\n1700000000.5,1,train/grad_norm,1.5\n1700000001.5,2,train/loss,0.25\n',
      points: [
        ['train/loss', 1, 0.5],
        ['train/grad_norm', 1, 1.5],
        ['train/loss', 2, 0.25],
      ],
    },
    {
      text: '# seed 7\n# step,loss\n0,6.25\n1,6.0\n',
      points: [
        ['loss', 0, 6.25],
        ['loss', 1, 6],
      ],
    },
    {
      text: 'step\tloss\n0\t6.25\n1\t6.0\n',
      points: [
        ['loss', 0, 6.25],
        ['loss', 1, 6],
      ],
    },
  ],
};
