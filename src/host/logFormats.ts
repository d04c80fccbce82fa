import type { LogFormat } from '../core/logs/format';
import { FORMATS } from '../core/logs/registry';
import { parseUserFormat } from '../core/logs/userFormat';
import type { Log } from './log';

/** The formats that logs are tried with: the person's own before ours. A definition that cannot be read is named in the output. */
export function formatsWith(definitions: readonly unknown[], log: Pick<Log, 'warn'>): readonly LogFormat[] {
  const own = definitions.map(parseUserFormat).flatMap((parsed) => {
    if (parsed.kind === 'format') {
      return [parsed.format];
    }
    log.warn(`gradientInspector.logFormats: ${parsed.message}`);
    return [];
  });
  return own.length > 0 ? [...own, ...FORMATS] : FORMATS;
}
