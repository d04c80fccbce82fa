import { type Args, type ObjectValue, tuple, unknown, type Value } from './values';

/** Methods of argparse parsers and their groups that reading knows. */
export const parserMethods = new Set([
  'add_argument',
  'add_argument_group',
  'parse_args',
  'parse_known_args',
  'set_defaults',
]);

/** A command-line parser stands for its own result: every option has its default. */
export function callParser(parser: ObjectValue, name: string, given: Args): Value {
  if (name === 'add_argument') {
    const option =
      given.positional.find((v): v is string => typeof v === 'string' && v.startsWith('--')) ??
      given.positional[0];
    const target = given.keywords.get('dest') ?? option;
    if (typeof target === 'string')
      parser.fields.set(target.replace(/^-+/, '').replace(/-/g, '_'), defaultOf(given, target));
  }
  if (name === 'set_defaults') for (const [key, value] of given.keywords) parser.fields.set(key, value);
  return name === 'parse_known_args' ? tuple([parser, null]) : parser;
}

function defaultOf(given: Args, option: string): Value {
  const value = given.keywords.get('default');
  if (value !== undefined) return value;
  const action = given.keywords.get('action');
  if (action === 'store_true') return false;
  if (action === 'store_false') return true;
  return unknown(`option ${option}`);
}
