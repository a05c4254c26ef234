import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { cacheRoot } from '../../scripts/cache.ts';
import { installOnce } from '../../scripts/install.ts';

/** What the extra `api-proxy-support` of modal brings, by its pins. */
const packages = ['python-socks==3.2.1', 'aiohttp-socks==0.12.0'];

/** @returns a folder for PYTHONPATH with which the CLI of the tests can use proxies, as modal's extra makes it */
export async function ensureProxySupport(python: string): Promise<string> {
  const folder = path.join(cacheRoot, `proxies-${packages.join('-').replaceAll('==', '-')}`);
  await installOnce(folder, () => {
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-deps'];
    const { status } = spawnSync(python, [...pip, '--target', folder, ...packages], {
      stdio: ['ignore', 2, 2],
    });
    if (status !== 0) throw new Error(`pip could not install ${packages.join(', ')}.`);
    return Promise.resolve();
  });
  return folder;
}
