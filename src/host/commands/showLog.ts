import type { Services } from '../services';

/** Brings our output channel to the front. */
export async function showLog({ log }: Services): Promise<void> {
  log.show();
}
