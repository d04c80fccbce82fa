import type { Services } from '../services';
import { isFileNode } from '../views/trainingRuns';

/** Takes a run out of the view: it is not shown any more, and says no more about the code. */
export async function forgetRun({ runs }: Services, node?: unknown): Promise<void> {
  if (isFileNode(node)) {
    runs.remove(node.result.uri);
  }
}
