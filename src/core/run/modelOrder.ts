import { compareNaturally, layerOf, roleOf } from './factsNames';

/** Words for the side of a network that reads, and for the one that is read off, as parts of names. */
const READS = /^(?:stem|embed\w*|emb|inputs?|inp|in_proj|enc|encoders?|backbone|features|trunk)\d*$/i;
const READ_OFF =
  /^(?:dec|decoders?|heads?|outputs?|out|out_proj|classifier|readout|logits|lm_head|final|fc|fc_out|pred|predictor)\d*$/i;
const ENCODER = /^(?:enc|encoders?)\d*$/i;
const DECODER = /^(?:dec|decoders?)\d*$/i;

/**
 * Names of parameters in the order in which a model uses them, as far as names tell. Logged order is that of the model unless
 * a logger sorted the names: then numbers count by their value (`layers.2` before `layers.10`) and known words by the side they are on. A
 * decoder follows its encoder however they were logged.
 */
export function modelOrder(names: readonly string[]): readonly string[] {
  if (isAlphabetical(names)) {
    return [...names].sort((a, b) => sideOf(a) - sideOf(b) || compareNaturally(a, b));
  }
  const [decoder, encoder] = [DECODER, ENCODER].map((word) => names.findIndex((name) => has(name, word)));
  if (decoder === undefined || encoder === undefined || decoder < 0 || encoder < decoder) {
    return names;
  }
  const last = names.findLastIndex((name) => has(name, ENCODER)) + 1;
  const early = names.slice(0, last);
  return [
    ...early.filter((name) => !has(name, DECODER)),
    ...early.filter((name) => has(name, DECODER)),
    ...names.slice(last),
  ];
}

/**
 * True when names stand in alphabetical order though the model's is another: `layers.1`, `layers.10`, `layers.2`, or each layer's bias
 * before its weight, which no framework has.
 */
function isAlphabetical(names: readonly string[]): boolean {
  const isSorted = names.every((name, index) => index === 0 || (names[index - 1] ?? '') <= name);
  if (!isSorted) {
    return false;
  }
  const byNumber = [...names].sort(compareNaturally);
  return byNumber.some((name, index) => name !== names[index]) || biasesComeFirst(names);
}

const FEWEST_PAIRS = 2;

function biasesComeFirst(names: readonly string[]): boolean {
  const pairs = names.slice(1).filter((name, index) => {
    const before = names[index] ?? '';
    return roleOf(before) === 'bias' && layerOf(before) === layerOf(name) && layerOf(name) !== name;
  });
  return pairs.length >= FEWEST_PAIRS;
}

function sideOf(name: string): number {
  const part = name.split(/[./]/).find((one) => READS.test(one) || READ_OFF.test(one));
  return part === undefined ? 0 : READS.test(part) ? -1 : 1;
}

function has(name: string, word: RegExp): boolean {
  return name.split(/[./]/).some((part) => word.test(part));
}
