/** What the host tells of the run, put together from what it told before. Pure. */
import type { Result, Snapshot } from '../src/protocol/messages';
import { patched } from '../src/protocol/patch';
import { snapshot as isSnapshot } from '../src/protocol/runInfo';

/** Undefined when the answer speaks of a snapshot that is not there: everything is to be asked for then. */
export function takenSnapshot(
  before: Snapshot | undefined,
  { whole, patch }: Result<'snapshot'>,
): Snapshot | undefined {
  if (whole !== null || patch === null || before === undefined) {
    return whole ?? undefined;
  }
  const now = patched(before, patch);
  return isSnapshot(now) ? now : undefined;
}
