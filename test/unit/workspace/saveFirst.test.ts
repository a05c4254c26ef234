import { describe, expect, it } from 'vitest';
import { saveFirst } from '../../../src/features/workspace/ui/saveFirst.ts';

/** An editor whose disk takes it or refuses. */
const editor = (isDirty: boolean, taken: boolean) => {
  const saves: boolean[] = [];
  return { isDirty, saves, save: () => Promise.resolve((saves.push(taken), taken)) };
};

describe('before a command reads the file', () => {
  it('what is not saved is saved', async () => {
    const dirty = editor(true, true);
    await saveFirst(dirty, 'chat.py');
    expect(dirty.saves).toEqual([true]);
    const clean = editor(false, false);
    await saveFirst(clean, 'chat.py');
    expect(clean.saves).toEqual([]);
    await expect(saveFirst(undefined, 'chat.py')).resolves.toBeUndefined();
  });

  it('a file that the editor saved by itself meanwhile is as good', async () => {
    const document = {
      isDirty: true,
      save: () => {
        document.isDirty = false;
        return Promise.resolve(false);
      },
    };
    await expect(saveFirst(document, 'chat.py')).resolves.toBeUndefined();
  });

  it('a file that cannot be saved stops it', async () => {
    await expect(saveFirst(editor(true, false), 'chat.py')).rejects.toMatchObject({
      kind: 'invalid',
      message: expect.stringContaining("Couldn't save chat.py") as string,
    });
  });
});
