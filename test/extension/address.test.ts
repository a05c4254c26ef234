import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import * as vscode from 'vscode';
import { webAddress } from '../../src/shared/webAddress.ts';
import { externalAddress, openAddress } from '../../src/editor/openAddress.ts';

/** The editor reads addresses with a parser of its own, so what passed ours must be the same to it. */
describe('an address', () => {
  for (const text of [
    'https://me--web.modal.run',
    'https://me--web.modal.run/a%2Fb?q=%26x%3D1#part%23',
    'https://ME--web.modal.run:443/',
    'https://bücher.example/',
    'https://me--web.modal.run/a@b:c',
    'https://me--web.modal.run?@evil.example',
    'https://me--web.modal.run#@evil.example',
  ]) {
    it(`is on the same host for the editor: ${text}`, async () => {
      const external = await externalAddress(text);
      assert.equal(new URL(external).host, webAddress(text)?.host);
    });
  }

  for (const text of [
    ...[
      'https://modal.com\\@evil.example/',
      'https://modal.com%2F@evil.example/',
      'https://user:pw@evil.example/',
    ],
    ...[
      'http://example.com/',
      'command:workbench.action.quit',
      'vscode://x/y',
      'file:///etc/passwd',
      'javascript:alert(1)',
    ],
    ...['https://modal.com/\nx', 'https://', '', '--help'],
  ]) {
    it(`is refused: ${JSON.stringify(text)}`, async () => {
      await assert.rejects(openAddress(text), /is not opened: only addresses that begin with https/);
      await assert.rejects(externalAddress(text), /is not opened/);
    });
  }

  it('with a backslash would lead elsewhere if the editor read it by itself', () => {
    const uri = vscode.Uri.parse('https://modal.com\\@evil.example/', true);
    assert.notEqual(uri.authority, new URL('https://modal.com\\@evil.example/').host);
  });
});
