import { expect, it, vi } from 'vitest';
import { isInFront, onDidChangeWindow } from '../../../src/editor/windowInFront.ts';
import * as editor from '../support/whole/editor.ts';

vi.mock('vscode', () => import('../support/whole/editor.ts'));

it.each([
  [{ focused: true, active: true }, true],
  [{ focused: true, active: false }, true],
  [{ focused: false, active: true }, true],
  [{ focused: false, active: false }, false],
])('a window that is %j is in front: %s', (state, is) => {
  expect(isInFront(state)).toBe(is);
  const told: unknown[] = [];
  const subscription = onDidChangeWindow((inFront, given) => told.push([inFront, given]));
  editor.events.window.fire(state);
  subscription.dispose();
  editor.events.window.fire(state);
  expect(told).toEqual([[is, state]]);
});
