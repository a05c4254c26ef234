/** Run in a process of its own: loads the built SDK file, lists once, prints the milliseconds. */
import { createRequire } from 'node:module';
import path from 'node:path';
import { silentLogger } from '../../src/shared/logger.ts';
import { ControlPlanes } from '../../src/modal/planes.ts';

type Sdk = typeof import('../../src/modal/sdk.ts');

const load = () =>
  Promise.resolve(
    createRequire(import.meta.url)(path.resolve(import.meta.dirname, '../../dist/sdk.js')) as Sdk,
  );

const start = performance.now();
const planes = new ControlPlanes({ env: process.env, logger: silentLogger, loadSdk: load });
await (await planes.get()).listApps('main');
console.log(performance.now() - start);
process.exit(0);
