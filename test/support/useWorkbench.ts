import { join } from 'node:path';
import { repository } from '../../scripts/vscode/host';
import type { Appearance } from '../../scripts/vscode/window';
import { copyWorkspace, type WorkspaceCopy } from './copyWorkspace';
import { openWorkbench, type Workbench } from './workbench';

/** Starting VS Code may take several attempts. */
const START_LIMIT_MS = 400_000;

const SETTINGS = {
  // VS Code shows no text of its size: people open such a file in the charts.
  'workbench.editorAssociations': {
    'long.jsonl': 'gradientInspector.charts',
    'packed.gz': 'gradientInspector.charts',
  },
};

interface Opened {
  readonly workbench: Workbench;
  readonly copy: WorkspaceCopy;
}

/** The one VS Code of this process: to start it takes longer than most tests. */
let opened: Opened | undefined;

/**
 * Gives the tests of a `describe` a VS Code on a copy of the sample workspace: nothing is open, and the files are those of the
 * repository. The window is one that earlier tests have used, made tidy. A failed test leaves a screenshot named after it.
 */
export function useWorkbench(appearance: Appearance = {}): {
  readonly workbench: Workbench;
  readonly folder: string;
} {
  before(async function () {
    this.timeout(START_LIMIT_MS);
    opened = (opened && (await tidied(opened, appearance))) ?? (await open(appearance));
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed' && opened) {
      const name = `failed ${this.currentTest.fullTitle()}`.replace(/[^\w-]+/g, '-');
      console.log(`      see ${await opened.workbench.screenshot(name)}`);
    }
  });

  return {
    get folder() {
      return current().copy.path;
    },
    get workbench() {
      return current().workbench;
    },
  };
}

/** Registered when the first test file is loaded, outside of any `describe`: it runs after all tests. */
after(() => opened && close(opened));

function current(): Opened {
  if (!opened) {
    throw new Error('VS Code is open only while a test runs.');
  }
  return opened;
}

async function open(appearance: Appearance): Promise<Opened> {
  const copy = copyWorkspace(join(repository, 'samples'));
  return { copy, workbench: await openWorkbench({ ...appearance, settings: SETTINGS, folder: copy.path }) };
}

/** Undefined for a window that a failed test has left in a state in which it does not answer: it is closed. */
async function tidied(used: Opened, appearance: Appearance): Promise<Opened | undefined> {
  try {
    await used.workbench.tidy(appearance);
    used.copy.restore();
    return used;
  } catch (error) {
    console.log(`  The window could not be made tidy, a new one is opened: ${error}`);
    await close(used);
    return undefined;
  }
}

async function close({ workbench, copy }: Opened): Promise<void> {
  await workbench.close();
  copy.dispose();
}
