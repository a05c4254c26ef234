/**
 * Deploys or serves as the extension does, with a note in the journal, and dies at a step as a process dies that is
 * killed: nothing is said and nothing is tidied up. Exit code 3: the step never came.
 *
 * Argument: the order as JSON.
 */
import { Deployer } from '../../../src/features/deploy/core/deployer.ts';
import type { JournalEntry, JournalKind } from '../../../src/features/deploy/core/journal.ts';
import { DeployJournal } from '../../../src/features/deploy/core/journal.ts';
import { thisOwner } from '../../../src/features/deploy/core/owner.ts';
import { planDeploy } from '../../../src/features/deploy/core/plan.ts';
import { planServe } from '../../../src/features/workspace/core/running/scriptProcess.ts';
import { serve } from '../../../src/features/workspace/core/running/serve.ts';
import { silentLogger } from '../../../src/shared/logger.ts';
import type { ModalCli } from '../../../src/modal/cli.ts';
import { ControlPlanes } from '../../../src/modal/planes.ts';

export interface DyingOrder {
  readonly kind: JournalKind;
  readonly cli: ModalCli;
  readonly script: string;
  readonly appName: string;
  /** Of the journal. */
  readonly folder: string;
  /** `started`, `app`, a stage of a deploy, `serving` or `over`. */
  readonly step: string;
}

const { kind, cli, script, appName, folder, step } = JSON.parse(process.argv[2] ?? '{}') as DyingOrder;
const planes = new ControlPlanes({ env: process.env, logger: silentLogger });
const [plane, connection, owner] = await Promise.all([planes.get(), planes.connection(), thisOwner()]);
const journal = new DeployJournal(() => folder, { get: () => undefined, update: () => Promise.resolve() });
let entry: JournalEntry = {
  ...{ id: `${kind} ${step}`, kind, account: '', title: appName, appName, environment: 'main', owner },
  startedAt: Date.now(),
};
let written: Promise<unknown> = Promise.resolve();
const note = (facts: Partial<JournalEntry>) => {
  entry = { ...entry, ...facts };
  written = journal.write(entry);
};
const at = (name: string) => {
  if (name === step) void written.then(() => process.kill(process.pid, 'SIGKILL'));
};
const parts = { cli, connection, plane, env: process.env };
const onApp = (appId: string) => {
  note({ appId });
  at('app');
};

if (kind === 'deploy') {
  const plan = await planDeploy({ kind: 'script', script }, { plane, connection, environment: 'main' });
  await new Deployer(silentLogger).deploy(
    { ...plan, appName },
    { ...parts, keepKey: () => Promise.resolve() },
    {
      onStart: (pid, versionBefore) => {
        note({ pid, ...(versionBefore === undefined ? {} : { versionBefore }) });
        at('started');
      },
      onApp,
      onLine: () => undefined,
      onStage: at,
    },
  );
} else {
  const plan = await planServe({ script }, { plane, connection, environment: 'main' });
  await serve(
    plan,
    { ...parts, logger: silentLogger },
    {
      onStart: (pid) => {
        note({ pid });
        at('started');
      },
      onApp,
      onLine: () => undefined,
      onState: (state) => at(state.kind),
    },
    new AbortController().signal,
  );
}
at('over');
await new Promise((resolve) => setTimeout(resolve, 5000));
process.exit(3);
