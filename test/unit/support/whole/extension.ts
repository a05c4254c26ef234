/** The whole extension as a window starts it, between an editor and an account that are the test's. */
import manifest from '../../../../package.json' with { type: 'json' };
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import http2 from 'node:http2';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { vi } from 'vitest';
import type { ExtensionContext } from 'vscode';
import { compose } from '../../../../src/composition.ts';
import type { Disposable } from '../../../../src/shared/emitter.ts';
import type { CatalogApp } from '../../../../src/domain/catalog.ts';
import { catalogApp } from '../catalogApp.ts';
import { turns } from '../turns.ts';
import { account, emptyTheAccount } from './account.ts';
import { documents } from './documents.ts';
import * as editor from './editor.ts';
import { mistakes } from './questions.ts';
import type { Answer } from './transcript.ts';
import { emptied, isWaiting, named, stirrings, taken, willAnswer } from './transcript.ts';
import type { OpenTree } from './views.ts';

export interface Window {
  /** Files by path in the folder that is open; without them no folder is. */
  readonly files?: Readonly<Record<string, string>>;
  readonly bundled?: readonly CatalogApp[];
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Text of the profile file; undefined: there is none. */
  readonly profiles?: string | undefined;
}

const profile = '[default]\ntoken_id = "ak-1"\ntoken_secret = "as-1"\nactive = true\n';
const source = path.resolve(import.meta.dirname, '../../../../src');

export class Started {
  readonly folder: string;
  readonly work: string;
  readonly stored = new Map<string, string>();
  readonly #memory = new Map<string, unknown>();
  readonly #server = http2.createServer();
  #extension: Disposable | undefined;

  constructor() {
    this.folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'whole-')));
    this.work = path.join(this.folder, 'work');
  }

  async open({ files, bundled = [catalogApp()], settings = {}, profiles = profile }: Window): Promise<void> {
    emptied();
    emptyTheAccount();
    named(this.folder, '');
    named(`${path.resolve(import.meta.dirname, '../../../..')}/`, '');
    await new Promise<void>((listening) => this.#server.listen(0, '127.0.0.1', listening));
    const { port } = this.#server.address() as AddressInfo;
    for (const name of Object.keys(process.env).filter((each) => /^MODAL_|_proxy$/i.test(each)))
      vi.stubEnv(name, undefined);
    vi.stubEnv('MODAL_CONFIG_PATH', path.join(this.folder, 'modal.toml'));
    vi.stubEnv('MODAL_SERVER_URL', `http://127.0.0.1:${port}`);
    if (profiles !== undefined) this.write('modal.toml', profiles);
    for (const name of ['logs.js', 'request.js', 'load.js', 'codicon.ttf'])
      this.write(`extension/dist/webview/${name}`, '');
    for (const [bundle, file] of Object.entries({
      scriptParser: 'features/workspace/core/parserWorker',
      doctorWorker: 'features/doctor/core/doctorWorker',
      loadWorker: 'features/loadTest/core/worker',
    }))
      this.write(
        `extension/dist/${bundle}.js`,
        `require(${JSON.stringify(path.join(source, `${file}.ts`))})`,
      );
    for (const app of bundled) {
      this.write(`extension/modal_apps/${app.id}/app.json`, JSON.stringify({ ...app, folder: undefined }));
      const code = `import modal\napp = modal.App("${app.defaultAppName}")\n`;
      const web = '\n@app.function(gpu="A10")\n@modal.fastapi_endpoint()\ndef web(): pass\n';
      this.write(`extension/modal_apps/${app.id}/app.py`, code + web);
    }
    for (const [name, text] of Object.entries(files ?? {})) this.write(`work/${name}`, text);
    mkdirSync(this.work, { recursive: true });
    const uri = editor.Uri.file(this.work);
    editor.workspace.workspaceFolders = files && [{ uri, name: 'work', index: 0 }];
    for (const [key, value] of Object.entries(settings)) editor.state.settings.set(key, value);
    this.#extension = compose(this.#context());
    await turns();
  }

  #context(): ExtensionContext {
    const memento = {
      get: (key: string, other?: unknown) => this.#memory.get(key) ?? other,
      update: (key: string, value: unknown) => {
        if (value === undefined) this.#memory.delete(key);
        else this.#memory.set(key, value);
        return Promise.resolve();
      },
      keys: () => [...this.#memory.keys()],
    };
    return {
      extension: { packageJSON: manifest },
      extensionUri: editor.Uri.file(path.join(this.folder, 'extension')),
      asAbsolutePath: (name: string) => path.join(this.folder, 'extension', name),
      globalStorageUri: editor.Uri.file(path.join(this.folder, 'storage')),
      storageUri: editor.Uri.file(path.join(this.folder, 'window')),
      workspaceState: memento,
      globalState: memento,
      secrets: {
        get: (name: string) => Promise.resolve(this.stored.get(name)),
        store: (name: string, value: string) => Promise.resolve(void this.stored.set(name, value)),
        delete: (name: string) => Promise.resolve(void this.stored.delete(name)),
        onDidChange: () => ({ dispose: () => undefined }),
      },
    } as unknown as ExtensionContext;
  }

  write(name: string, text: string, mode = 0o600): string {
    const file = path.join(this.folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text, { mode });
    return file;
  }

  /** A command in the place of the user's `modal`. @param script lines of a shell, for all but its version */
  useCli(script: string): string {
    const version = '[ "$1" = --version ] && echo "modal client version: 1.6.4" && exit';
    const cli = this.write('bin/modal', `#!/bin/sh\n${version}\n${script}\n`, 0o755);
    this.change('modalGpu.cli.path', cli);
    return cli;
  }

  change(setting: string, value: unknown): void {
    editor.changeSetting(setting, value);
  }

  /** Looks at a view until it has rows. */
  async look(id: string): Promise<OpenTree> {
    const tree = editor.state.trees.get(id);
    if (!tree) throw new Error(`There is no view ${id}`);
    tree.show();
    await vi.waitUntil(() => tree.provider.getChildren().length > 0, { timeout: 9000 });
    return tree;
  }

  close(): void {
    this.#extension?.dispose();
    this.#server.close();
    vi.unstubAllEnvs();
    for (const each of Object.values(editor.state)) if (each instanceof Map) each.clear();
    for (const list of [
      editor.state.panels,
      editor.state.statusItems,
      editor.state.log,
      editor.state.progress,
    ])
      list.length = 0;
    Object.assign(editor.state, { cancels: false, exitCode: 0 });
    Object.assign(editor.workspace, { isTrusted: true, workspaceFolders: undefined });
    editor.window.activeTextEditor = undefined;
    documents.all.length = 0;
    mistakes.length = 0;
    // What is still being written may come in between.
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** A window that is open until {@link Started.close}. */
export async function start(window: Window = {}): Promise<Started> {
  const started = new Started();
  await started.open(window);
  return started;
}

/** Runs a command as a row or the palette does. @returns what was shown and done, with what the user answered */
export async function did(
  command: string,
  argument?: unknown,
  ...answers: readonly Answer[]
): Promise<string[]> {
  return happens(() => editor.commands.executeCommand(command, argument), ...answers);
}

/** Until nothing is told any more, and the editor reads and writes nothing. */
async function settled(): Promise<void> {
  for (let quiet = 0; quiet < 3;) {
    const before = stirrings();
    await new Promise((resolve) => setTimeout(resolve, 4));
    await turns();
    quiet = stirrings() === before ? quiet + 1 : 0;
  }
}

/** What came of something that the user or the editor does. */
export async function happens(act: () => unknown, ...answers: readonly Answer[]): Promise<string[]> {
  willAnswer(answers);
  await act();
  // What is asked later, or never, which the transcript then refuses.
  await vi.waitUntil(() => !isWaiting(), { timeout: 4000, interval: 5 }).catch(() => undefined);
  await settled();
  if (mistakes.length > 0) throw new Error(mistakes.splice(0).join('\n'));
  return taken();
}

export { account, editor };
