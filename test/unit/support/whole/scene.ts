/** An account in which there is one of each: an app with a function, a server and containers, a sandbox, an endpoint. */
import type { ModalFunction } from '../../../../src/domain/app.ts';
import type { CommitHash } from '../../../../src/domain/identifiers.ts';
import type { AppVersion } from '../../../../src/domain/lifecycle.ts';
import { appOf, endpointOf } from '../apps.ts';
import { endpointInfoOf, managedOf, sandboxOf } from '../running.ts';
import { account } from './account.ts';

export const hour = 3_600_000;
const ago = (hours: number) => Date.now() - hours * hour;

export const web: ModalFunction = {
  ...{ id: 'fu-1', tag: 'web', kind: 'function', gpus: ['T4'] },
  endpoints: [endpointOf({ name: 'web', url: 'https://me--demo.modal.run' })],
};
export const chat: ModalFunction = {
  ...{ id: 'fu-2', tag: 'Chat', kind: 'server', gpus: ['L4'] },
  endpoints: [endpointOf({ functionId: 'fu-2', name: 'Chat', url: 'https://me--chat.modal.run' })],
};

/** A commit of its own for each version. */
export const hashOf = (number: number) => String(number).repeat(40) as CommitHash;
export const versionOf = (number: number, changes: Partial<AppVersion> = {}): AppVersion => ({
  ...{ number, deployedAt: ago(10 - number), deployedBy: 'ann', clientVersion: '1.6.4', tag: '' },
  ...{ kind: 'standard' as const, rollbackAllowed: true, live: false },
  ...changes,
});
export const committed = (number: number, changes: Partial<AppVersion> = {}): AppVersion =>
  versionOf(number, {
    commit: {
      ...{ hash: hashOf(number), branch: 'main', dirty: false, author: 'ann' },
      repoUrl: 'https://github.com/me/demo',
    },
    ...changes,
  });

export function populate(): void {
  account.apps = [
    appOf({ name: 'demo-app', createdAt: ago(30), deployedAt: ago(2), version: 3, runningContainers: 2 }),
    appOf({ id: 'ap-2', name: 'idle', createdAt: ago(50), deployedAt: ago(40), version: 1 }),
  ];
  account.details.set('ap-1', { appId: 'ap-1', functions: [web, chat] });
  account.details.set('ap-2', { appId: 'ap-2', functions: [] });
  account.containers = [
    { id: 'ta-000001', appId: 'ap-1', startedAt: ago(1), gpu: 'T4' },
    { id: 'ta-000002', appId: 'ap-1', gpu: '' },
  ];
  account.sandboxes = [
    sandboxOf({
      startedAt: ago(1),
      containerId: '',
      tunnels: [{ port: 8000, url: 'https://tunnel.modal.host', socket: '' }],
    }),
  ];
  account.endpoints = [managedOf({ createdAt: ago(9) })];
  account.infos.set('ep-1', endpointInfoOf());
  account.histories.set('ap-1', [committed(3, { live: true }), versionOf(2), committed(1)]);
}
