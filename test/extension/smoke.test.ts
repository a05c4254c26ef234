import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import * as vscode from 'vscode';
import { commands } from '../../src/contributions.ts';
import { packagedVariable } from './results.ts';

const id = 'gpu-apps.modal-gpu-apps';

describe('extension', () => {
  it('is present and activates', async () => {
    const extension = vscode.extensions.getExtension(id);
    assert.ok(extension, `${id} is not installed`);
    await extension.activate();
    assert.equal(extension.isActive, true);
  });

  it('is the one that is tested: the installed package, or the checkout', () => {
    const isInstalled = vscode.extensions.getExtension(id)?.extensionPath.includes(`${id}-`);
    assert.equal(isInstalled, Boolean(process.env[packagedVariable]));
  });

  it('registers every command of the manifest', async () => {
    await vscode.extensions.getExtension(id)?.activate();
    const registered = await vscode.commands.getCommands(true);
    const missing = Object.values(commands).filter((command) => !registered.includes(command));
    assert.deepEqual(missing, []);
  });
});
