import { join } from 'node:path';
import { repository } from '../../scripts/vscode/host';
import type { WindowOptions } from '../../scripts/vscode/window';
import { copyWorkspace } from './copyWorkspace';
import { openWorkbench, type Workbench } from './workbench';

/** Starting VS Code may take several attempts. */
const START_LIMIT_MS = 400_000;

/**
 * Opens one VS Code on a copy of the sample workspace for the tests of a `describe`, and closes it after them. A failed test leaves a
 * screenshot named after it.
 */
export function useWorkbench(options: Omit<WindowOptions, 'folder' | 'extension'> = {}): {
  readonly workbench: Workbench;
  readonly folder: string;
} {
  const copy = copyWorkspace(join(repository, 'samples'));
  let opened: Workbench | undefined;

  before(async function () {
    this.timeout(START_LIMIT_MS);
    opened = await openWorkbench({ ...options, folder: copy.path });
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed' && opened) {
      const path = await opened.screenshot(`failed ${this.currentTest.fullTitle()}`.replace(/[^\w-]+/g, '-'));
      console.log(`      see ${path}`);
    }
  });

  after(async () => {
    await opened?.close();
    copy.dispose();
  });

  return {
    folder: copy.path,
    get workbench() {
      if (!opened) {
        throw new Error('VS Code is open only while a test runs.');
      }
      return opened;
    },
  };
}
