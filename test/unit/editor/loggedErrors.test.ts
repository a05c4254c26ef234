import { expect, it, vi } from 'vitest';
import { ChannelLogger } from '../../../src/editor/logger.ts';
import * as editor from '../support/whole/editor.ts';

vi.mock('vscode', () => import('../support/whole/editor.ts'));

it('the log has the cause of a failure where one is known, and nothing in its place otherwise', async () => {
  const logger = new ChannelLogger();
  logger.error('It failed');
  logger.error('It failed', new Error('the cause'));
  await vi.waitUntil(() => editor.state.log.length === 2);
  expect(editor.state.log[0]).toBe('error It failed');
  expect(editor.state.log[1]).toMatch(/^error It failed\n.*the cause/);
});
