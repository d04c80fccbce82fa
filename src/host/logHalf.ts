type LogHalf = typeof import('./logs');

let loaded: LogHalf | undefined;

/**
 * The half of the engine that reads and judges logs, loaded when the first file that may be one is opened, or a command asks
 * for it: compiling it would take most of the time that activation may take, and who writes Python may never need it.
 */
export function logHalf(): LogHalf {
  // A call of `require` with a path that the bundler leaves alone: in dist/ it is a bundle beside this one.
  loaded ??= require('./logs.js') as LogHalf;
  return loaded;
}
