/** A managed endpoint whose server belongs to Modal, or cannot be asked for. */
import { describe, expect, it } from 'vitest';
import { silentLogger } from '../../../src/shared/logger.ts';
import { FieldChecks } from '../../../src/modal/fieldChecks.ts';
import { readEndpointInfo } from '../../../src/modal/managedEndpoints.ts';
import { answers } from './wireAnswers.ts';

const checks = new FieldChecks(silentLogger, 'https://api.modal.com');

function read(failure?: { code: number }, endpoint: unknown = answers.endpointGetInfo) {
  const asked: unknown[] = [];
  const rpc = {
    endpointGetInfo: () => Promise.resolve(endpoint),
    appGetInfo: (request: unknown) => {
      asked.push(request);
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- as the SDK does
      return failure ? Promise.reject(failure) : Promise.resolve(answers.appGetInfo);
    },
  };
  return { asked, info: readEndpointInfo(rpc as never, 'ep-1', {}, checks) };
}

describe('a managed endpoint', () => {
  it('has the GPU of the server behind it', async () => {
    const { info } = read();
    const { gpus, model } = await info;
    expect(model).toBe('Qwen/Qwen3-4B');
    expect(gpus?.length).toBeGreaterThan(0);
  });

  it.each([
    ['is not offered', 12],
    ['is not there', 5],
    ['may not be read', 7],
  ])('is known without a GPU where the app behind it %s', async (_what, code) => {
    const info = await read({ code }).info;
    expect(info.model).toBe('Qwen/Qwen3-4B');
    expect(info.gpus).toBeUndefined();
  });

  it('is not known while the server cannot be reached', async () => {
    await expect(read({ code: 14 }).info).rejects.toMatchObject({ code: 14 });
  });

  it.each([
    ['app', { serverId: 'fu-2' }],
    ['server', { appId: 'ap-0123456789012345678901' }],
  ])('is not asked for its GPU when it does not tell its %s', async (_what, metadata) => {
    const { asked, info } = read(undefined, { ...(answers.endpointGetInfo as object), metadata });
    expect((await info).gpus).toBeUndefined();
    expect(asked).toEqual([]);
  });
});
