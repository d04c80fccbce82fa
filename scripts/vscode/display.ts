import { spawn } from 'node:child_process';

/**
 * Makes sure that a window can be opened: on Linux without a display a virtual one is started and named in DISPLAY.
 * Returns a function that ends it.
 */
export function provideDisplay(): Promise<() => void> {
  if (process.platform !== 'linux' || process.env.DISPLAY || process.env.WAYLAND_DISPLAY) {
    return Promise.resolve(() => {});
  }
  return new Promise((resolve, reject) => {
    const server = spawn('Xvfb', ['-displayfd', '1', '-screen', '0', '1600x1200x24', '-nolisten', 'tcp'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    server.on('error', reject);
    server.on('exit', (code) => reject(new Error(`Xvfb ended with ${code} at its start.`)));
    server.stdout.once('data', (number: Buffer) => {
      process.env.DISPLAY = `:${String(number).trim()}`;
      resolve(() => {
        delete process.env.DISPLAY;
        server.kill();
      });
    });
  });
}
