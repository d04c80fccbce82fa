/** The import directions of ARCHITECTURE.md, read from the source files. */
import { strict as assert } from 'node:assert';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, posix, relative, resolve } from 'node:path';
import { build } from 'esbuild';

const ROOT = resolve(__dirname, '../..');

interface Import {
  readonly file: string;
  /** Path from the root for our own modules, the bare name for packages. */
  readonly target: string;
}

function sourceFiles(folder: string): string[] {
  return readdirSync(join(ROOT, folder)).flatMap((name) => {
    const path = posix.join(folder, name);
    return statSync(join(ROOT, path)).isDirectory() ? sourceFiles(path) : /\.tsx?$/.test(name) ? [path] : [];
  });
}

function importsOf(file: string): Import[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  const specifiers = [...text.matchAll(/(?:\bfrom\s+|\bimport\s+|\bimport\(|\brequire\()'([^'\n]+)'/g)].map(
    (match) => match[1]!,
  );
  return specifiers.map((specifier) => ({
    file,
    target: specifier.startsWith('.')
      ? relative(ROOT, resolve(ROOT, dirname(file), specifier)).replaceAll('\\', '/')
      : specifier,
  }));
}

const imports = [...sourceFiles('src'), ...sourceFiles('webview')].flatMap(importsOf);

/** Names the imports that `from` may not have. */
function offences(from: (file: string) => boolean, isForbidden: (target: string) => boolean): string[] {
  return imports
    .filter(({ file, target }) => from(file) && isForbidden(target))
    .map(({ file, target }) => `${file} imports ${target}`);
}

const isIn = (folder: string) => (path: string) => path.startsWith(`${folder}/`);

describe('imports', () => {
  it('finds the imports it judges', () => {
    assert.ok(imports.length > 100, `only ${imports.length} imports found`);
    assert.ok(imports.some(({ target }) => target === 'vscode'));
  });

  it('keep core pure: it imports core and web-tree-sitter only', () => {
    const isForeign = (target: string) => !isIn('src/core')(target) && target !== 'web-tree-sitter';
    assert.deepEqual(offences(isIn('src/core'), isForeign), []);
  });

  it('keep the protocol above core only', () => {
    const isForeign = (target: string) => !isIn('src/core')(target) && !isIn('src/protocol')(target);
    assert.deepEqual(offences(isIn('src/protocol'), isForeign), []);
  });

  it('show the webview core, protocol, itself and chart.js only', () => {
    const isForeign = (target: string) =>
      !['src/core', 'src/protocol', 'webview'].some((folder) => isIn(folder)(target)) &&
      !target.startsWith('chart.js');
    assert.deepEqual(offences(isIn('webview'), isForeign), []);
  });

  it('let only the host and extension.ts see vscode', () => {
    const mayNot = (file: string) => !isIn('src/host')(file) && file !== 'src/extension.ts';
    assert.deepEqual(
      offences(mayNot, (target) => target === 'vscode'),
      [],
    );
  });

  it('let only the file source and the command line see Node', () => {
    const mayNot = (file: string) =>
      file !== 'src/host/nodeFileSource.ts' && file !== 'src/cli.ts' && !isIn('src/cli')(file);
    assert.deepEqual(
      offences(mayNot, (target) => target.startsWith('node:')),
      [],
    );
  });

  it('never reach the tests, nor the host from the command line', () => {
    assert.deepEqual(
      offences(() => true, isIn('test')),
      [],
    );
    const isHost = (target: string) => isIn('src/host')(target) && target !== 'src/host/nodeFileSource';
    assert.deepEqual(
      offences((file) => file === 'src/cli.ts' || isIn('src/cli')(file), isHost),
      [],
    );
  });

  it('leave what reads logs and code out of what activation loads', async () => {
    const { metafile } = await build({
      entryPoints: [join(ROOT, 'src/extension.ts')],
      absWorkingDir: ROOT,
      bundle: true,
      platform: 'node',
      external: ['vscode', './logs.js', './code.js'],
      outdir: 'unused',
      write: false,
      metafile: true,
      logLevel: 'silent',
    });
    const [output] = Object.values(metafile.outputs);
    const halves = [
      'src/core/logs',
      'src/core/run',
      'src/core/rules',
      'src/core/python/syntax',
      'src/core/remedies',
    ];
    const used = Object.entries(output!.inputs).flatMap(([file, { bytesInOutput }]) =>
      bytesInOutput > 0 ? [file] : [],
    );
    assert.ok(used.includes('src/extension.ts'));
    assert.deepEqual(
      used.filter((file) => halves.some((folder) => isIn(folder)(file))),
      [],
    );
  });

  it('let core bundle for a platform that is neither Node nor a browser', async () => {
    const result = await build({
      entryPoints: sourceFiles('src/core').map((file) => join(ROOT, file)),
      bundle: true,
      platform: 'neutral',
      mainFields: ['module', 'main'],
      // The wasm runtime brings its own loaders for every platform; only they may name Node.
      external: ['web-tree-sitter'],
      outdir: 'unused',
      write: false,
      logLevel: 'silent',
    });
    assert.deepEqual(result.errors, []);
  });
});
