import { describe, expect, it, vi } from 'vitest';
import { isModalScript, watchActiveScript } from '../../../src/editor/activeScript.ts';
import type { ContextKeys } from '../../../src/editor/contextKeys.ts';
import { Document, documents } from '../support/whole/documents.ts';
import * as editor from '../support/whole/editor.ts';

vi.mock('vscode', () => import('../support/whole/editor.ts'));

const documentOf = (text: string, address = 'file:///work/a.py') =>
  new Document(editor.Uri.parse(address), text);

describe('the button that deploys the active editor', () => {
  it.each<readonly [string, string, string, boolean]>([
    ['imports modal', 'x = 1\n  import modal\n', 'file:///work/a.py', true],
    ['imports from it', 'from modal import App\n', 'file:///work/a.py', true],
    ['imports another package', 'import modality\n', 'file:///work/a.py', false],
    ['only speaks of it', '# import modal\n', 'file:///work/a.py', false],
    ['is no Python', 'import modal\n', 'file:///work/a.txt', false],
    ['lies nowhere', 'import modal\n', 'untitled:a.py', false],
    ['imports it in line 500', `${'\n'.repeat(499)}import modal\n`, 'file:///work/a.py', true],
    ['imports it after that', `${'\n'.repeat(500)}import modal\n`, 'file:///work/a.py', false],
    ['imports it after 20 KB', `${'#'.repeat(20_000)}\nimport modal\n`, 'file:///work/a.py', false],
  ])('is there or not for a file that %s', (_what, text, address, is) => {
    expect(isModalScript(documentOf(text, address) as never)).toBe(is);
  });

  it('comes and goes with the editor in front, and with a save', () => {
    const told: boolean[] = [];
    const watch = watchActiveScript({
      set: (_key: string, is: boolean) => void told.push(is),
    } as unknown as ContextKeys);
    editor.edit(documentOf('import modal\n'));
    editor.edit(documentOf('print(1)\n'));
    documents.saves.fire(documentOf(''));
    expect(told).toEqual([false, true, false, false]);
    watch.dispose();
    editor.edit(documentOf('import modal\n'));
    expect(told).toHaveLength(4);
    expect(isModalScript(undefined)).toBe(false);
  });
});
