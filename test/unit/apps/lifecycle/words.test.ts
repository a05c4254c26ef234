import { describe, expect, it } from 'vitest';
import type { Uri } from 'vscode';
import type { ModalFunction } from '../../../../src/domain/app.ts';
import { datedRates } from '../../../../src/domain/cost.ts';
import { commitHash } from '../../../../src/domain/identifiers.ts';
import type { AppVersion, AutoscalerValues } from '../../../../src/domain/lifecycle.ts';
import { appFolder } from '../../../../src/features/apps/ui/lifecycle/appFolder.ts';
import {
  autoscalerLines,
  changeLines,
  problemWith,
} from '../../../../src/features/apps/ui/lifecycle/autoscalerWords.ts';
import { containerLines, statsLine } from '../../../../src/features/apps/ui/lifecycle/containerWords.ts';
import { gpuLines } from '../../../../src/features/apps/ui/costWords.ts';
import { remoteKey } from '../../../../src/features/apps/ui/lifecycle/repositories.ts';
import { stopLines } from '../../../../src/features/apps/ui/lifecycle/stopWords.ts';
import {
  versionDescription,
  versionPhrase,
  versionSpoken,
  versionTooltip,
} from '../../../../src/features/apps/ui/lifecycle/versionWords.ts';
import { appOf, endpointOf } from '../../support/apps.ts';

const day = 86_400_000;
const now = 10 * day;
const bare: AppVersion = {
  number: 7,
  deployedAt: now - 3 * day,
  deployedBy: 'alice',
  clientVersion: '1.6.4',
  tag: 'spring',
  kind: 'standard',
  rollbackAllowed: true,
  live: true,
};
const version: AppVersion = {
  ...bare,
  commit: {
    hash: commitHash('a1b2c3d4'.repeat(5))!,
    branch: 'main',
    dirty: true,
    author: 'Alice',
    repoUrl: 'git@h:me/r.git',
  },
};
const gpuFunction: ModalFunction = {
  id: 'fu-1',
  tag: 'Model.*',
  kind: 'class',
  gpus: ['A10'],
  endpoints: [],
};
const cpuFunction: ModalFunction = { id: 'fu-2', tag: 'web', kind: 'function', gpus: [], endpoints: [] };
const app = appOf({ name: 'finbert', createdAt: 0, runningContainers: 2 });
const values: AutoscalerValues = {
  minContainers: 0,
  maxContainers: 4,
  bufferContainers: 0,
  scaledownWindow: 60,
};

describe('a version', () => {
  it('reads in a row, aloud and in a sentence', () => {
    expect(versionDescription(version, now)).toBe('live · 3d ago · a1b2c3d* · spring · alice');
    expect(versionSpoken(version, now)).toBe(
      'Version 7, live, deployed 3 days ago by alice, commit a1b2c3d with uncommitted changes, tag spring',
    );
    expect(versionPhrase(version, now)).toBe('v7 (a1b2c3d*, 3 days ago)');
    expect(versionDescription({ ...bare, live: false, kind: 'rollback', rollbackOf: 4 }, now)).toBe(
      'rollback of v4 · 3d ago · spring · alice',
    );
  });

  it('tells everything in the tooltip, and why it cannot be had back', () => {
    const lines = versionTooltip({ ...version, live: false, rollbackAllowed: false });
    expect(lines).toContain(`Commit ${'a1b2c3d4'.repeat(5)} on main`);
    expect(lines).toContain('Deployed with uncommitted changes (*)');
    expect(lines).toContain("You can't roll back to this version");
    expect(versionTooltip(version).join()).not.toContain('does not allow');
  });
});

describe('autoscaling', () => {
  it('costs the minimum for an hour and a day', () => {
    const lines = changeLines(gpuFunction, values, { ...values, minContainers: 2 }, datedRates);
    expect(lines[0]).toBe('Min containers: 0 → 2');
    expect(lines[1]).toBe(
      '2 containers run all the time, even without requests: 2 × A10 at $1.10/h = $2.20/h, $52.80 a day (price of 2026-10-04, before credits; plus CPU and memory).',
    );
    expect(lines.at(-1)).toContain('until the next deploy');
  });

  it('says what a CPU function costs, what an unknown GPU does, and that no minimum is free', () => {
    const one = { ...values, minContainers: 1 };
    expect(changeLines(cpuFunction, values, one, datedRates)[1]).toContain(
      'CPU and memory are billed continuously, $0.0473/h per core and $0.008/h per GiB',
    );
    expect(changeLines({ ...gpuFunction, gpus: ['X9'] }, values, one, datedRates)[1]).toContain(
      '1 × X9, price unknown',
    );
    expect(changeLines(gpuFunction, one, values, datedRates)).toContain(
      'No containers run without requests, so idle time costs nothing.',
    );
  });

  it.each([
    ['minContainers', '4', undefined],
    ['minContainers', '5', 'Must be 4 (max containers) or less.'],
    ['minContainers', '-1', 'Enter a whole number, 0 or more.'],
    ['minContainers', '', 'Enter a whole number, 0 or more.'],
    ['minContainers', '1.5', 'Enter a whole number, 0 or more.'],
    ['maxContainers', '0', undefined],
    ['scaledownWindow', '1', 'Enter 2 to 3600 seconds.'],
    ['scaledownWindow', '3600', undefined],
    ['scaledownWindow', '3601', 'Enter 2 to 3600 seconds.'],
  ] as const)('checks %s = "%s"', (field, text, problem) => {
    expect(problemWith(field, text, values)).toBe(problem);
  });

  it('refuses a maximum below the minimum', () => {
    expect(problemWith('maxContainers', '1', { ...values, minContainers: 2 })).toContain(
      'Must be 2 (min containers) or more',
    );
  });

  it('says where each value comes from', () => {
    const autoscaler = {
      inForce: { ...values, minContainers: 1, maxContainers: 0 },
      coded: { scaledownWindow: 60 },
      defaults: {},
      overrides: { minContainers: { by: 'bob', at: now - 2 * day } },
    };
    expect(autoscalerLines(autoscaler, now)).toEqual([
      'Min containers: 1 (changed by bob 2 days ago)',
      "Max containers: no limit (Modal's default)",
      "Buffer containers: 0 (Modal's default)",
      'Scaledown window: 60 s (from the code)',
    ]);
  });
});

describe('questions', () => {
  it('name GPU and price once for all functions that share it', () => {
    expect(gpuLines([gpuFunction, { ...gpuFunction, tag: 'other' }, cpuFunction], datedRates)).toEqual([
      'GPU: A10 (24 GB), $1.10/h for each running container of Model, other (price of 2026-10-04, before credits)',
    ]);
    expect(gpuLines([cpuFunction], datedRates)).toEqual([
      'GPU: none; containers are billed for CPU and memory while they run.',
    ]);
  });

  it('before a stop say what ends, in words of its own for a run', () => {
    const endpoint = endpointOf({ functionId: 'fu-2', url: 'https://me--web.modal.run' });
    const lines = stopLines(app, [gpuFunction, { ...cpuFunction, endpoints: [endpoint] }], datedRates);
    expect(lines[0]).toContain('2 running containers will stop');
    expect(lines).toContain('No longer reachable: me--web.modal.run');
    expect(lines.at(-1)).toContain("can't be restarted; deploy it again");
    expect(stopLines({ ...app, state: 'ephemeral' }, [], datedRates).at(-1)).toContain('modal serve');
  });
});

describe('containers', () => {
  it('say GPU, ready time and idleness', () => {
    const lines = containerLines(
      { id: 'ta-1', gpu: 'A10', state: 'running', enqueuedAt: 1000, readyAt: 3500 },
      true,
    );
    expect(lines[0]).toBe('GPU: A10');
    expect(lines[1]).toContain('2.5 s after it was requested');
    expect(lines[2]).toContain('Idle');
    expect(statsLine({ backlog: 3, containers: 1, runningInputs: 2 })).toBe(
      '1 container, 2 running inputs, 3 waiting',
    );
  });
});

describe('where code lies', () => {
  it.each([
    ['git@github.com:Me/Repo.git', 'https://github.com/me/repo'],
    ['ssh://git@github.com:22/me/repo.git', 'https://user@github.com/me/repo/'],
  ])('%s and %s are one repository', (one, other) => {
    expect(remoteKey(one)).toBe(remoteKey(other));
  });

  it('keeps other repositories apart', () => {
    expect(remoteKey('git@github.com:me/a.git')).not.toBe(remoteKey('git@github.com:me/b.git'));
    expect(remoteKey('/srv/repo.git')).toBe('/srv/repo.git');
  });

  it('is the folder of the one file in the repository that makes the app', async () => {
    const uri = (path: string) =>
      ({ path, with: (other: { path: string }) => uri(other.path) }) as unknown as Uri;
    const folderIn = async (root: string, files: readonly string[]) => {
      const sourceFiles = () => Promise.resolve(files.map(uri));
      return (await appFolder({ sourceFiles }, uri(root), 'my.app'))?.path;
    };
    expect(await folderIn('/r', ['/r/svc/app.py'])).toBe('/r/svc');
    expect(await folderIn('/r', ['/r/svc/app.py', '/elsewhere/app.py'])).toBe('/r/svc');
    expect(await folderIn('/r', ['/r/svc/app.py', '/r/other/b.py'])).toBeUndefined();
    expect(await folderIn('/r', ['/rest/app.py'])).toBeUndefined();
    expect(await folderIn('/r', ['/r/app.py'])).toBeUndefined();
    expect(await folderIn('/r', [])).toBeUndefined();
  });
});
