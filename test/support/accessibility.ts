import axe from 'axe-core';
import type { Frame } from 'playwright-core';

/** What axe-core finds in a frame that is serious or worse, one line a rule with the elements it is about. */
export async function seriousFindings(frame: Frame): Promise<readonly string[]> {
  // As a function's body, not as a script element: the page's policy allows none but its own.
  await frame.evaluate(axe.source);
  return frame.evaluate(async () => {
    const scope = globalThis as unknown as {
      axe: { run(root: Document, options: object): Promise<import('axe-core').AxeResults> };
    };
    const { violations } = await scope.axe.run(document, { resultTypes: ['violations'] });
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(
        ({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`,
      );
  });
}
