import { expect, it, vi } from 'vitest';
import { AsideNotice } from '../../../src/editor/asideNotice.ts';
import { silentLogger } from '../../../src/shared/logger.ts';

const { said, opened } = vi.hoisted(() => ({ said: [] as string[][], opened: [] as string[] }));

vi.mock('vscode', () => ({
  Uri: { file: (file: string) => file },
  window: {
    showWarningMessage: (...words: string[]) => {
      said.push(words);
      return Promise.resolve(words.at(-1));
    },
    showTextDocument: (file: string) => {
      opened.push(file);
      return Promise.reject(new Error('a folder'));
    },
  },
}));

it('files that were set aside are told of once, logged each, and the first can be shown', async () => {
  const warn = vi.fn<(message: string) => void>();
  const notice = new AsideNotice({ ...silentLogger, warn });
  notice.tell('/drafts/größe.json.broken');
  notice.tell('/deploys/b.json.broken');
  await vi.waitFor(() => expect(warn).toHaveBeenCalledTimes(3));
  expect(said).toHaveLength(1);
  expect(said[0]?.[0]).toContain('/drafts/größe.json.broken');
  expect(said[0]?.[1]).toBe('Show File');
  expect(opened).toEqual(['/drafts/größe.json.broken']);
  expect(warn.mock.calls.flat().join(' ')).toContain('/deploys/b.json.broken');
});
