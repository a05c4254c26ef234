import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Losses } from '../../../src/features/deploy/core/losses.ts';
import type { DeployPlan } from '../../../src/features/deploy/core/plan.ts';
import { datedRates } from '../../../src/domain/cost.ts';
import { confirmDeploy } from '../../../src/features/deploy/ui/confirmDeploy.ts';

const editor = vi.hoisted(() => ({
  answer: 0,
  asked: [] as { how: string; detail: string; buttons: string[] }[],
}));

vi.mock('vscode', () => {
  const show =
    (how: string) =>
    (_message: string, { detail }: { detail: string }, ...buttons: string[]) => {
      editor.asked.push({ how, detail, buttons });
      return Promise.resolve(buttons[editor.answer]);
    };
  return { window: { showWarningMessage: show('warning'), showInformationMessage: show('information') } };
});

beforeEach(() => (editor.asked.length = 0));

const plan = (losses?: Losses) =>
  ({
    target: { kind: 'script', script: 'a.py' },
    title: 'a.py',
    appName: 'a',
    environment: 'main',
    rates: datedRates,
    secrets: [],
    changes: [],
    ...(losses ? { losses } : {}),
  }) as unknown as DeployPlan;
const compared = { kind: 'compared', gone: ['f', 'g'], conditional: [], found: 1, doubts: [] } as const;

describe('the question before a deploy', () => {
  it('is answered by Enter where nothing is lost', async () => {
    editor.answer = 0;
    expect(await confirmDeploy(plan(), false)).toBe('deploy');
    expect(await confirmDeploy(plan({ ...compared, gone: [], doubts: ['it imports b.py'] }), false)).toBe(
      'deploy',
    );
    expect(editor.asked.map(({ buttons }) => buttons)).toEqual([['Deploy'], ['Deploy']]);
  });

  it.each<readonly [string, Losses, string, RegExp]>([
    [
      'functions go',
      compared,
      'Deploy and Remove 2 Functions',
      /^Removes 2 live functions that the script does not have: f, g\./,
    ],
    ['one goes', { ...compared, gone: ['f'] }, 'Deploy and Remove 1 Function', /^Removes 1 live function /],
    [
      'some may go',
      { ...compared, doubts: ['it imports b.py'] },
      'Deploy Anyway',
      /^May remove 2 live functions .*it imports b\.py/s,
    ],
    [
      'one is there under a condition',
      { ...compared, gone: [], conditional: ['f'] },
      'Deploy Anyway',
      /^May remove f: /,
    ],
    [
      'nobody knows',
      { kind: 'unknown', reason: 'Modal is mute' },
      'Deploy Anyway',
      /could not be compared with the script, because Modal is mute\./,
    ],
  ])('is not answered by Enter where %s', async (_name, losses, button, words) => {
    editor.answer = 0;
    expect(await confirmDeploy(plan(losses), false)).toBe('script');
    editor.answer = 1;
    expect(await confirmDeploy(plan(losses), false)).toBe('deploy');
    editor.answer = 2;
    expect(await confirmDeploy(plan(losses), false)).toBeUndefined();
    expect(editor.asked[0]).toMatchObject({
      how: 'warning',
      buttons: ['Show Script', button],
      detail: expect.stringMatching(words) as string,
    });
  });
});
