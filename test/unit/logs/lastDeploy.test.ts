import { describe, expect, it } from 'vitest';
import { ModalError } from '../../../src/domain/errors.ts';
import { lastDeploy } from '../../../src/features/logs/core/lastDeploy.ts';

const target = { appId: 'ap-1', appName: 'shop', environment: 'main' };
/** A server that never answers; what asks it ends with its signal. */
const silent = {
  get: (signal?: AbortSignal) =>
    new Promise<never>((_, reject) => {
      signal?.addEventListener('abort', () => reject(new ModalError('cancelled', 'Cancelled')));
    }),
};
const answering = (appId: string) => ({
  get: () => Promise.resolve({ findDeployedApp: () => Promise.resolve({ appId, deployedAt: 5 }) }),
});

describe('when an app was deployed last', () => {
  it('is what the server says of this app', async () => {
    expect(await lastDeploy(answering('ap-1'), target)).toBe(5);
    expect(await lastDeploy(answering('ap-2'), target)).toBeUndefined();
  });

  it('is not known in time, which is no cancellation', async () => {
    await expect(lastDeploy(silent, target, undefined, 1)).rejects.toMatchObject({ kind: 'timeout' });
    const cancel = new AbortController();
    const asked = lastDeploy(silent, target, cancel.signal);
    cancel.abort();
    await expect(asked).rejects.toMatchObject({ kind: 'cancelled' });
  });
});
