import { expect, it, vi } from 'vitest';
import { silentLogger } from '../../../src/shared/logger.ts';
import { plainNetwork } from '../../../src/domain/network.ts';
import { FieldChecks } from '../../../src/modal/fieldChecks.ts';
import { childVariables } from '../../../src/modal/network/childEnvironment.ts';
import { replaceContainers } from '../../../src/modal/replaceContainers.ts';

it.each([
  ['https://api.modal.com', 'https://me--demo.modal.run/', 'https://me--demo.modal.run', false],
  ['https://api.modal.com', 'https://me--demo.modal.run/x', 'https://me--demo.modal.run/x', false],
  ['https://api.modal.com', 'http://me--demo.modal.run', '', true],
  ['https://api.modal.com', 'http://127.0.0.1:8000', '', true],
  ['http://127.0.0.1:9000', 'http://127.0.0.1:8000', 'http://127.0.0.1:8000', false],
  ['https://api.modal.com', 'file:///etc/passwd', '', true],
  ['https://api.modal.com', 7, '', true],
  ['https://api.modal.com', '', '', false],
  ['https://api.modal.com', undefined, '', false],
])('of %s, the address %s of an endpoint is %j', (server, given, address, isNoted) => {
  const warn = vi.fn();
  const checks = new FieldChecks({ ...silentLogger, warn }, server);
  expect(checks.address('the address', given)).toBe(address);
  expect(warn).toHaveBeenCalledTimes(isNoted ? 1 : 0);
});

it('a program is told of hosts without a proxy only where there are some', () => {
  const network = { ...plainNetwork, proxy: 'http://corp.test:3128' };
  const names = (noProxy: readonly string[]) =>
    Object.keys(childVariables({ ...network, noProxy }, 'https://api.modal.com')).map((name) =>
      name.toLowerCase(),
    );
  expect(names([])).not.toContain('no_proxy');
  expect(names(['other.test'])).toContain('no_proxy');
});

it('no container is stopped when nobody knows which are older', async () => {
  const plane = {
    listContainers: () => expect.fail('is not asked'),
    stopContainer: () => expect.fail('is stopped'),
  };
  const replacement = { appId: 'ap-1', environment: 'main', deployedAt: undefined };
  await expect(replaceContainers(plane, replacement)).rejects.toMatchObject({
    kind: 'unexpected',
    message: expect.stringContaining('did not tell when') as string,
  });
  expect(await replaceContainers(plane, { ...replacement, deployedAt: 0 })).toBe(0);
});
