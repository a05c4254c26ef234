import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { describe, it } from 'mocha';
import * as vscode from 'vscode';
import { packagedVariable } from './results.ts';

interface StartTimes {
  readonly load: number;
  readonly activate: number;
}

const handles = () =>
  process.getActiveResourcesInfo().filter((name) => /^(?:Process|TCP|TLS|Pipe|GetAddrInfo)/.test(name))
    .length;

describe('start', () => {
  it('opens no socket and starts no process', async () => {
    const before = handles();
    const times = (await vscode.extensions.getExtension('gpu-apps.modal-gpu-apps')?.activate()) as
      StartTimes | undefined;
    assert.ok(handles() <= before);
    if (process.env[packagedVariable]) {
      assert.equal(times, undefined, 'a package tells nothing of itself to other extensions');
      return;
    }
    assert.ok(times && times.load > 0 && times.activate > 0, 'the bundle measures its own start');
    const file = process.env['MODAL_GPU_START_TIMES'];
    if (file) writeFileSync(file, JSON.stringify(times));
  });

  it('leaves the fetch of the host as it is', async () => {
    const dispatcher = (): unknown => Reflect.get(globalThis, Symbol.for('undici.globalDispatcher.1'));
    const { fetch } = globalThis;
    const before = dispatcher();
    await vscode.commands.executeCommand('modalGpu.showOutput');
    const extension = vscode.extensions.getExtension('gpu-apps.modal-gpu-apps');
    assert.ok(extension);
    // The very file that the first request loads.
    await import(vscode.Uri.joinPath(extension.extensionUri, 'dist', 'http.js').fsPath);
    assert.equal(dispatcher(), before);
    assert.equal(globalThis.fetch, fetch);
  });
});
