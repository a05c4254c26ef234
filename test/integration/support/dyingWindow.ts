/**
 * Deploys or serves as the extension does, with a note in the journal, and dies at a step as a process dies that is
 * killed: nothing is said and nothing is tidied up. Exit code 3: the step never came.
 *
 * Argument: the order as JSON.
 */
import type { AppCommand } from '../../../src/features/deploy/core/appCommand.ts';
import { Deployer } from '../../../src/features/deploy/core/deployer.ts';
import { DeployRun } from '../../../src/features/deploy/core/deployRun.ts';
import type { JournalKind } from '../../../src/features/deploy/core/journal.ts';
import { DeployJournal } from '../../../src/features/deploy/core/journal.ts';
import { JournalNote } from '../../../src/features/deploy/core/journalNote.ts';
import { planDeploy } from '../../../src/features/deploy/core/planDeploy.ts';
import { ScriptCommand } from '../../../src/features/workspace/core/running/scriptCommand.ts';
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
const [plane, connection] = await Promise.all([planes.get(), planes.connection()]);
const journal = new DeployJournal(() => folder, { get: () => undefined, update: () => Promise.resolve() });
let written: Promise<unknown> = Promise.resolve();
const noting = {
  write: (entry: Parameters<typeof journal.write>[0]) => {
    const done = journal.write(entry);
    written = done;
    return done;
  },
  remove: (id: string) => journal.remove(id),
};
const at = (name: string) => {
  if (name === step) void written.then(() => process.kill(process.pid, 'SIGKILL'));
};
const parts = { cli, connection, plane, env: process.env, logger: silentLogger };

/** Notes the command, and dies at its start or when its app is there. */
async function watch(command: AppCommand): Promise<void> {
  const note = new JournalNote(command, { journal: noting, logger: silentLogger });
  await note.begin({ kind, account: '', title: appName, appName, environment: 'main' });
  command.onStart(() => at('started'));
  command.onApp(() => at('app'));
}

const planning = { plane, connection, environment: 'main' };
if (kind === 'deploy') {
  const run = new DeployRun({ ...(await planDeploy({ kind: 'script', script }, planning)), appName });
  await watch(run);
  run.onStage(at);
  await new Deployer().deploy(run, { ...parts, keepKey: () => Promise.resolve() });
} else {
  const command = new ScriptCommand(await planServe({ script }, planning));
  await watch(command);
  await serve(command, parts, (state) => at(state.kind));
}
at('over');
await new Promise((resolve) => setTimeout(resolve, 5000));
process.exit(3);
