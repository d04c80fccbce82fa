/** What stands around names and numbers and says nothing of them: Markdown's emphasis, shapes of tensors, TensorFlow's `:0`. */
import { isDigit, isLetter } from './bytes';

const STAR = 42;
const TICK = 96;
const UNDERSCORE = 95;
const COLON = 58;
const ZERO = 48;
const OPEN_BRACKET = 91;
const OPEN_PAREN = 40;
const BLANK = 32;
/** First bytes of 第, "number …". */
const COUNTED = [0xe7, 0xac, 0xac];

/** A longer line is a dump. */
const LONGEST = 4000;

/** `**0.75**`, `` `fc1.weight` ``: the marks around it. */
const EMPHASIS = /\*\*(?=\S)[^*]{0,200}[^*\s]\*\*/g;
const CODE = /`[^`]{1,200}`/g;
/** `_fc1.weight_:` */
const ITALIC = /(?<=^|[\s*([|-])_(?=[A-Za-z])[\w.]{0,100}[A-Za-z\d]_(?=[\s:,.|)\]]|$)/g;
/** `fc1.weight torch.Size([10, 5]) 0.5`, and something behind it. */
const SIZE = /(?<!shape\s{0,2}[=:]\s{0,2})torch\.Size\(\[[\d, ]{0,60}\]\)(?=[\s,:|=]*[^\s,:|=])/g;
/** `shape=torch.Size([10, 5])`: as a tuple. */
const SHAPE = /(?<=shape\s{0,2}[=:]\s{0,2})torch\.Size\(\[[\d, ]{0,60}\]\)/g;
/** `dense/kernel:0`: the first output of the operation that holds the variable. */
const OUTPUT =
  /(?:kernel|bias|gamma|beta|embeddings?|weights?|biases|(?:^|[/\s])(?:variable(?:_\d{1,4})?|[wb])):0(?=[\s:=|,)\]"'`]|$)/gi;
/** `第 3 轮`: epoch 3, as Latin-1. */
const ROUND = /\xe7\xac\xac ?\d{1,9} ?(?=\xe8\xbd\xae)/g;

/** A cheap look first. */
export function isDressed(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!;
    if (
      byte === TICK ||
      (byte === STAR && bytes[at + 1] === STAR) ||
      (byte === UNDERSCORE && isLetter(bytes[at + 1]) && (at === start || bytes[at - 1] === BLANK)) ||
      (byte === OPEN_BRACKET && bytes[at - 1] === OPEN_PAREN) ||
      (byte === COLON && bytes[at + 1] === ZERO && !isDigit(bytes[at + 2]) && isLetter(bytes[at - 1])) ||
      (byte === COUNTED[0] && bytes[at + 1] === COUNTED[1] && bytes[at + 2] === COUNTED[2])
    ) {
      return end - start <= LONGEST;
    }
  }
  return false;
}

/** Puts blanks where it stands, in the bytes themselves: names and numbers keep their places. */
export function undress(bytes: Uint8Array, end: number): void {
  let text = '';
  for (let at = 0; at < end; at++) {
    text += String.fromCharCode(bytes[at]!);
  }
  const blank = (from: number, to: number) => bytes.fill(BLANK, from, to);
  for (const { 0: found, index } of text.matchAll(EMPHASIS)) {
    blank(index, index + 2);
    blank(index + found.length - 2, index + found.length);
  }
  for (const { 0: found, index } of text.matchAll(CODE)) {
    blank(index, index + 1);
    blank(index + found.length - 1, index + found.length);
  }
  for (const { 0: found, index } of text.matchAll(ITALIC)) {
    blank(index, index + 1);
    blank(index + found.length - 1, index + found.length);
  }
  for (const { 0: found, index } of text.matchAll(SIZE)) {
    blank(index, index + found.length);
  }
  for (const { 0: found, index } of text.matchAll(SHAPE)) {
    blank(index, index + found.indexOf('('));
    blank(index + found.indexOf('['), index + found.indexOf('[') + 1);
    blank(index + found.length - 2, index + found.length - 1);
  }
  for (const { 0: found, index } of text.matchAll(OUTPUT)) {
    blank(index + found.length - 2, index + found.length);
  }
  for (const { 0: found, index } of text.matchAll(ROUND)) {
    const to = index + found.length;
    blank(index + 2, index + 3);
    bytes[index] = 101;
    bytes[index + 1] = 112;
    blank(to, to + 3);
  }
}
