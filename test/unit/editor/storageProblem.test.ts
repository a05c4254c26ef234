import { afterEach, expect, it, vi } from 'vitest';
import { silentLogger } from '../../../src/shared/logger.ts';
import { emptied, taken } from '../support/whole/transcript.ts';

vi.mock('vscode', () => import('../support/whole/editor.ts'));

afterEach(() => {
  emptied();
  vi.resetModules();
});

const failed = (facts: object) => Object.assign(new Error('failed'), facts);

it.each([
  [failed({ code: 'ENOSPC', path: '/disk' }), 'the disk is full (/disk)'],
  [failed({ code: 'EDQUOT' }), 'your disk quota is used up'],
  [failed({ code: 'EROFS' }), 'the disk is read-only'],
  [failed({ code: 'EACCES' }), 'the folder may not be written to'],
  [failed({ code: 'EPERM' }), 'the folder may not be written to'],
  [new Error('something else'), 'something else'],
])('that nothing can be kept is told once, and why: %j', async (error, reason) => {
  const { tellNotKept } = await import('../../../src/editor/storageProblem.ts');
  const warned: string[] = [];
  const logger = { ...silentLogger, warn: (words: string) => void warned.push(words) };
  tellNotKept('A draft', error, logger);
  tellNotKept('Another', error, logger);
  expect(taken()).toEqual([
    `warning: Request drafts and history cannot be kept: ${reason}. Requests still work. What this window holds is lost when it closes.`,
  ]);
  expect(warned).toEqual([
    `A draft could not be kept: ${String(error)}`,
    `Another could not be kept: ${String(error)}`,
  ]);
});
