/** The manifest and the code agree, in both directions. */
import { strict as assert } from 'node:assert';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');

interface Manifest {
  readonly version: string;
  readonly icon?: string;
  readonly engines: { readonly vscode: string };
  readonly activationEvents: readonly string[];
  readonly contributes: {
    readonly commands: readonly {
      readonly command: string;
      readonly title: string;
      readonly category?: string;
    }[];
    readonly configuration: {
      readonly properties: Readonly<
        Record<string, { readonly description?: string; readonly markdownDescription?: string }>
      >;
    };
    readonly menus: Readonly<
      Record<string, readonly { readonly command?: string; readonly when?: string }[]>
    >;
    readonly views?: Readonly<Record<string, readonly { readonly id: string }[]>>;
    readonly customEditors?: readonly {
      readonly viewType: string;
      readonly priority: string;
      readonly selector: readonly { readonly filenamePattern: string }[];
    }[];
  };
}

const text = readFileSync(join(ROOT, 'package.json'), 'utf8');
const manifest = JSON.parse(text) as Manifest;
const names = JSON.parse(readFileSync(join(ROOT, 'package.nls.json'), 'utf8')) as Record<string, string>;

function sources(folder: string): string {
  return readdirSync(join(ROOT, folder))
    .map((name) => join(folder, name))
    .map((path) =>
      statSync(join(ROOT, path)).isDirectory() ? sources(path) : readFileSync(join(ROOT, path), 'utf8'),
    )
    .join('\n');
}

/** Files that no text editor can show, so that charts may be what a click opens. */
const BINARY_RUNS: ReadonlySet<string> = new Set(['*.wandb', '*tfevents*']);

const code = `${sources('src/host')}\n${readFileSync(join(ROOT, 'src/extension.ts'), 'utf8')}`;
const commands = manifest.contributes.commands.map(({ command }) => command);

describe('manifest', () => {
  it('declares every command that the code names, and no other', () => {
    const views = Object.values(manifest.contributes.views ?? {})
      .flat()
      .map(({ id }) => id);
    const editors = (manifest.contributes.customEditors ?? []).map(({ viewType }) => viewType);
    const inCode = new Set([...code.matchAll(/'(gradientInspector\.[A-Za-z]+)'/g)].map((match) => match[1]!));
    for (const command of commands) {
      assert.ok(inCode.has(command), `${command} is declared but not in the code`);
    }
    const known = new Set([...commands, ...views, ...editors]);
    const contexts = new Set([...text.matchAll(/gradientInspector\.[A-Za-z]+/g)].map((match) => match[0]));
    for (const id of inCode) {
      assert.ok(known.has(id) || contexts.has(id), `${id} is in the code but not in the manifest`);
    }
  });

  it('gives every command our category and a title', () => {
    for (const { command, title, category } of manifest.contributes.commands) {
      assert.equal(names[(category ?? '').replace(/^%|%$/g, '')] ?? category, 'Gradient Inspector', command);
      assert.ok(title.length > 0);
    }
  });

  it('shows in menus only commands that exist', () => {
    for (const item of Object.values(manifest.contributes.menus).flat()) {
      if (item.command !== undefined) {
        assert.ok(commands.includes(item.command), item.command);
      }
    }
  });

  it('describes every setting, and reads every setting', () => {
    for (const [key, setting] of Object.entries(manifest.contributes.configuration.properties)) {
      assert.ok((setting.description ?? setting.markdownDescription ?? '').length > 0, key);
      const name = key.replace(/^gradientInspector\./, '');
      assert.ok(code.includes(`'${name}'`), `${key} is never read`);
    }
  });

  it('has a text for every placeholder, and no text without one', () => {
    const used = new Set([...text.matchAll(/"%([^%"]+)%"/g)].map((match) => match[1]!));
    assert.deepEqual(
      [...used].filter((name) => names[name] === undefined),
      [],
    );
    assert.deepEqual(
      Object.keys(names).filter((name) => !used.has(name)),
      [],
    );
  });

  it('never takes over a text file on its own', () => {
    for (const { viewType, priority, selector } of manifest.contributes.customEditors ?? []) {
      const isBinary = selector.every(({ filenamePattern }) => BINARY_RUNS.has(filenamePattern));
      assert.equal(priority, isBinary ? 'default' : 'option', viewType);
    }
  });

  it('activates on nothing that happens at every start', () => {
    assert.ok(!manifest.activationEvents.includes('*'));
    assert.ok(!manifest.activationEvents.includes('onStartupFinished'));
  });

  it('types the API no newer than the engine it asks for', () => {
    const types = JSON.parse(readFileSync(join(ROOT, 'node_modules/@types/vscode/package.json'), 'utf8')) as {
      version: string;
    };
    const minor = (version: string) => Number(/(\d+)\.(\d+)/.exec(version)?.[2]);
    assert.ok(minor(types.version) <= minor(manifest.engines.vscode));
  });

  it('has the icon it names, and a change log that begins with its version', () => {
    assert.ok(manifest.icon !== undefined && existsSync(join(ROOT, manifest.icon)));
    const first = /^## \[?(\d+\.\d+\.\d+)/m.exec(readFileSync(join(ROOT, 'CHANGELOG.md'), 'utf8'));
    assert.equal(first?.[1], manifest.version);
  });
});
