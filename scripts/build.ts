/**
 * Builds the extension into `dist/`: one small entry file, and files of their own for what is loaded on first use.
 *
 * `node scripts/build.ts [--production] [--watch]`
 */
import { globSync } from 'node:fs';
import { copyFile, mkdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import * as esbuild from 'esbuild';
import { root } from './root.ts';

/** What every feature loads on first use, as `dist/<feature>.js`. */
function lazyFeatures(): Record<string, string> {
  const files = globSync('src/features/*/lazy.ts', { cwd: root }).sort();
  return Object.fromEntries(files.map((file) => [path.basename(path.dirname(file)), file]));
}

/**
 * Source modules that become files of their own, by output name. A dynamic import of one stays a run-time import.
 * Beside the features: libraries that take long to evaluate, and what runs in a thread.
 */
const lazyModules: Readonly<Record<string, string>> = {
  ...lazyFeatures(),
  sdk: 'src/modal/sdk.ts',
  tunnel: 'src/modal/network/tunnel.ts',
  http: 'src/features/requests/core/httpClient.ts',
  redact: 'src/shared/redact.ts',
  secretHeaders: 'src/features/requests/core/secretHeaders.ts',
  catalog: 'src/domain/catalog.ts',
  loadWorker: 'src/features/loadTest/core/worker.ts',
  scriptParser: 'src/features/workspace/core/parserWorker.ts',
  doctorWorker: 'src/features/doctor/core/doctorWorker.ts',
};

/** Keeps `await import('…/sdk.ts')` as a load of `dist/sdk.js` instead of pulling it into the entry file. */
const lazyPlugin: esbuild.Plugin = {
  name: 'lazy-modules',
  setup(build) {
    const byPath = new Map(Object.entries(lazyModules).map(([name, file]) => [path.join(root, file), name]));
    build.onResolve({ filter: /\.ts$/ }, (args) => {
      if (args.kind !== 'dynamic-import') return undefined;
      const name = byPath.get(path.resolve(args.resolveDir, args.path));
      return name === undefined ? undefined : { path: `./${name}.js`, external: true };
    });
  },
};

/**
 * An ES import of the editor's API makes a copy of its several hundred names, once for each file that has one. That
 * was a fifth of the time until the extension was loaded; `require` gives the object itself.
 */
const editorPlugin: esbuild.Plugin = {
  name: 'editor',
  setup(build) {
    build.onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, async ({ path: file }) => {
      const source = await readFile(file, 'utf8');
      const contents = source.replace(
        /^import \* as vscode from 'vscode';$/m,
        "const vscode = require('vscode');",
      );
      return { contents, loader: 'ts' };
    });
  },
};

export interface BuildChoice {
  readonly production: boolean;
  /** false: only find out what the bundles contain. */
  readonly write: boolean;
}

function options({ production, write }: BuildChoice): esbuild.BuildOptions[] {
  const common: esbuild.BuildOptions = {
    absWorkingDir: root,
    bundle: true,
    write,
    minify: production,
    sourcemap: production ? false : 'linked',
    metafile: true,
    logLevel: 'warning',
  };
  const host: esbuild.BuildOptions = {
    ...common,
    entryPoints: { extension: 'src/extension.ts', ...lazyModules },
    outdir: 'dist',
    platform: 'node',
    format: 'cjs',
    target: 'node22',
    external: ['vscode'],
    // Prefer the ESM build where a package offers both: it is what tree shaking needs.
    mainFields: ['module', 'main'],
    plugins: [lazyPlugin, editorPlugin],
    // Measures loading: an import cannot stand before it. The editor waits for other things before it activates.
    banner: { js: 'const bundleStart = performance.now();' },
    footer: { js: 'const bundleEnd = performance.now();' },
  };
  const page: esbuild.BuildOptions = {
    ...common,
    outdir: 'dist/webview',
    platform: 'browser',
    target: 'chrome130',
    loader: { '.css': 'text' },
    sourcemap: production ? false : 'inline',
  };
  const webviews: esbuild.BuildOptions = {
    ...page,
    entryPoints: {
      logs: 'src/features/logs/view/main.ts',
      request: 'src/features/requests/view/main.ts',
      load: 'src/features/loadTest/view/main.ts',
    },
    format: 'iife',
  };
  /** What a page imports when it is needed. */
  const parts: esbuild.BuildOptions = {
    ...page,
    entryPoints: { jsonEditor: 'src/features/requests/view/jsonEditor.ts' },
    format: 'esm',
  };
  return [host, webviews, parts];
}

async function copyAssets(): Promise<void> {
  await mkdir(path.join(root, 'dist/webview'), { recursive: true });
  const font = path.join(root, 'node_modules/@vscode/codicons/dist/codicon.ttf');
  await copyFile(font, path.join(root, 'dist/webview/codicon.ttf'));
  // Its loader, which is bundled, looks for it beside itself.
  const judge = path.join(root, 'node_modules/@astral-sh/ruff-wasm-nodejs/ruff_wasm_bg.wasm');
  await copyFile(judge, path.join(root, 'dist/ruff_wasm_bg.wasm'));
}

/** @returns the files that went into the bundles, relative to the checkout */
export async function build(choice: BuildChoice): Promise<string[]> {
  if (choice.write) {
    await rm(path.join(root, 'dist'), { recursive: true, force: true });
    await copyAssets();
  }
  const results = await Promise.all(
    options(choice).map((option) => esbuild.build({ ...option, metafile: true })),
  );
  return [...new Set(results.flatMap((result) => Object.keys(result.metafile.inputs)))];
}

/** The files that are evaluated at every start, relative to the checkout. */
export async function entryModules(): Promise<string[]> {
  const [host] = options({ production: true, write: false });
  const { metafile } = await esbuild.build({ ...host, metafile: true });
  return Object.keys(metafile.outputs['dist/extension.js']?.inputs ?? {});
}

async function watch(): Promise<void> {
  await copyAssets();
  for (const option of options({ production: false, write: true }))
    await (await esbuild.context(option)).watch();
}

if (import.meta.main) {
  if (process.argv.includes('--watch')) await watch();
  else await build({ production: process.argv.includes('--production'), write: true });
}
