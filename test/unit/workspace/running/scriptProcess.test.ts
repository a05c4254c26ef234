import { describe, expect, it } from 'vitest';
import type { ScriptPlan } from '../../../../src/features/workspace/core/running/scriptProcess.ts';
import { ScriptCommand } from '../../../../src/features/workspace/core/running/scriptCommand.ts';
import type { App } from '../../../../src/domain/app.ts';
import { datedRates } from '../../../../src/domain/cost.ts';
import type { ControlPlane } from '../../../../src/modal/controlPlane.ts';

const plan: ScriptPlan = {
  kind: 'run',
  script: '/w/jobs.py',
  cwd: '/w',
  runnable: 'main',
  app: { variable: 'app', name: 'jobs', line: 1, column: 1, units: [], entryPoints: [] },
  environment: 'main',
  units: [],
  complete: true,
  rates: datedRates,
  args: [],
  shownArgs: [],
};
/** Of the same name and just begun: what a colleague runs looks the same. */
const app = (id: string, state: App['state']) => ({ id, name: 'jobs', state, createdAt: Date.now() }) as App;

async function endedFor(page: string): Promise<string[]> {
  const ended: string[] = [];
  const plane: Partial<ControlPlane> = {
    listApps: () =>
      Promise.resolve([app('ap-own', 'ephemeral'), app('ap-other', 'ephemeral'), app('ap-over', 'stopped')]),
    disconnectApp: (id) => Promise.resolve(void ended.push(id)),
  };
  const logger = { warn: (text: string) => expect.unreachable(text) };
  const command = new ScriptCommand(plan);
  command.readPage(`✓ Initialized. View run at ${page}`);
  await command.endApp({ plane, logger } as unknown as Parameters<typeof command.endApp>[0]);
  return ended;
}

describe('ending the app of a command on the server', () => {
  it.each([
    ['https://modal.com/apps/me/main/ap-own', ['ap-own']],
    ['https://modal.com/apps/me/main/ap-over', []],
    ['https://modal.com/apps/me/main/ap-unknown', []],
    ['https://modal.com/apps/me/main', []],
    ['', []],
  ])('touches only what the page %j names', async (page, ended) => {
    expect(await endedFor(page)).toEqual(ended);
  });
});
