/**
 * Runs the UI suite and puts those of its screenshots that the README shows into `media/screenshots/`:
 *
 *   npm run screenshots
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from './vscode/host';

const { status } = spawnSync(process.execPath, ['--import', 'tsx', 'scripts/test.ts', 'ui'], {
  cwd: repository,
  stdio: 'inherit',
});
if (status !== 0) {
  process.exit(1);
}
const shown = readFileSync(join(repository, 'README.md'), 'utf8').matchAll(
  /\(media\/screenshots\/([\w-]+\.png)\)/g,
);
mkdirSync(join(repository, 'media', 'screenshots'), { recursive: true });
for (const [, name = ''] of shown) {
  copyFileSync(
    join(repository, 'test', 'ui', 'screenshots', name),
    join(repository, 'media', 'screenshots', name),
  );
  console.log(`media/screenshots/${name}`);
}
