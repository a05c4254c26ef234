/** Deploys, serves and runs, cancelled in the editor at each of their calls. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { commands } from '../../../src/contributions.ts';
import { plain } from '../../../src/shared/text.ts';
import type { DeployPlan } from '../../../src/features/deploy/core/plan.ts';
import type { ScriptPlan } from '../../../src/features/workspace/core/running/scriptProcess.ts';
import type { CommandServices } from '../../../src/features/deploy/core/appCommand.ts';
import { DeployRun } from '../../../src/features/deploy/core/deployRun.ts';
import { ScriptCommand } from '../../../src/features/workspace/core/running/scriptCommand.ts';
import type { AppDetails } from '../../../src/domain/app.ts';
import type { ManifestSecret } from '../../../src/domain/catalog.ts';
import { datedRates } from '../../../src/domain/cost.ts';
import { isCancelled } from '../../../src/domain/errors.ts';
import { silentLogger } from '../../../src/shared/logger.ts';
import type { Runnable } from '../../../src/domain/script.ts';
import { parseScript } from '../../../src/features/workspace/core/parseScript.ts';
import { commandTable } from '../../../src/commands/commandTable.ts';
import type { Services } from '../../../src/commands/services.ts';
import { DeployFlow } from '../../../src/features/deploy/ui/deployFlow.ts';
import { DeployTracker } from '../../../src/features/deploy/ui/deployTracker.ts';
import { createOwnSecret, pickEnvironment } from '../../../src/features/deploy/ui/editChoices.ts';
import { firstHealthyAnswer } from '../../../src/features/deploy/ui/firstHealthyAnswer.ts';
import { ScriptFlow } from '../../../src/features/workspace/ui/scriptFlow.ts';
import type { ScriptRun } from '../../../src/features/workspace/ui/scriptRuns.ts';
import { ScriptRuns } from '../../../src/features/workspace/ui/scriptRuns.ts';
import { catalogApp } from '../support/catalogApp.ts';
import type { EditorFlow, Waits } from '../support/editorFlows.ts';
import { cancelFlows, planesOf } from '../support/editorFlows.ts';
import { httpResult } from '../support/httpResult.ts';

vi.mock('vscode', () => import('../support/flowEditor.ts'));
vi.mock('../../../src/editor/withSignal.ts', () => import('../support/flowEditor.ts'));
// The processes of the CLI have tests of their own: here it counts that they are told of the cancel.
vi.mock('../../../src/features/workspace/core/running/serve.ts', () => ({
  serve: ({ plan, signal }: ScriptCommand, { plane }: CommandServices) =>
    (plane as unknown as Waits).send(plan, signal),
}));
vi.mock('../../../src/features/workspace/core/running/run.ts', () => ({
  runFunction: ({ plan, signal }: ScriptCommand, { plane }: CommandServices) =>
    (plane as unknown as Waits).send(plan, signal).then(() => 1),
}));

const health = { method: 'GET', path: '/health', title: 'Health' } as const;
const app = catalogApp();
const withHealth = catalogApp({ endpoints: [{ ...app.endpoints[0]!, routes: [health] }] });
const planned = {
  ...{ target: { kind: 'bundled', app: withHealth }, title: 'Demo', environment: 'main' },
} as unknown as DeployPlan;
const details = {
  appId: 'ap-1',
  functions: [
    {
      ...{ id: 'fu-1', tag: 'web', kind: 'function', gpus: [] },
      endpoints: [{ functionId: 'fu-1', name: 'web', url: 'https://me--demo.modal.run' }],
    },
  ],
} as unknown as AppDetails;
const environments = [{ name: 'main', isDefault: true }];
const secret: ManifestSecret = {
  ...{ name: 'mine', keys: ['TOKEN'], generate: null, required: true, purpose: 'Opens it.' },
};
const scriptApp = parseScript(
  'import modal\napp = modal.App("demo")\n@app.function(gpu="T4")\ndef go(): pass\n',
).apps[0]!;
const choice = { script: '/work/demo.py', app: scriptApp };
const runnable = { name: 'go', parameters: [] } as unknown as Runnable;

const nothing = () => undefined;
const sink = () => ({
  ...{ append: nothing, note: nothing, status: nothing, end: nothing, show: () => Promise.resolve() },
});
const hiddenView = { visible: false, onDidChangeVisibility: () => ({ dispose: nothing }) };

/** What a deploy or a serve needs and never waits long for. */
const around = (services: Services, others: object): Services =>
  ({
    ...services,
    logger: silentLogger,
    config: { get: (name: string) => (name === 'deploy.waitForHealth' ? false : '') },
    memory: { get: (_key: string, other: unknown) => other, update: () => Promise.resolve() },
    keys: { get: () => Promise.resolve('key'), store: () => Promise.resolve() },
    journal: {
      ...{ entries: () => Promise.resolve([]), write: () => Promise.resolve() },
      remove: () => Promise.resolve(),
    },
    logs: { openBuildLog: sink, openOutput: sink, follow: nothing },
    problems: { clear: nothing, show: nothing },
    presenter: { failure: (_doing: string, error: unknown) => failures.push(error) },
    deployViews: { bundled: { id: 'c', view: hiddenView }, script: { id: 's', view: hiddenView } },
    deploys: new DeployTracker(),
    ...others,
  }) as unknown as Services;
const failures: unknown[] = [];
afterEach(() => (failures.length = 0));

const quietly = (error: unknown) => {
  if (!isCancelled(error)) throw error;
};

/** Until none of them runs any more. */
async function untilStopped(runs: ScriptRuns, begun: Promise<void>): Promise<ScriptRun[]> {
  await begun.catch(quietly);
  const isLive = () => runs.all.some(({ state }) => !['done', 'stopped', 'failed'].includes(state));
  await new Promise<void>((resolve) => {
    const look = () => !isLive() && resolve();
    runs.onDidChange(look);
    look();
  });
  return [...runs.all];
}

const planCalls = ['listEnvironments', 'rates'] as const;
const scriptAnswers = {
  ...{ findCli: { command: '/no/such/modal', args: [] }, connect: undefined, rates: datedRates },
  ...{ listEnvironments: environments, workspace: 'me', send: undefined },
};

const flows: readonly EditorFlow[] = [
  {
    title: 'a deploy',
    user: { picks: ['Deploy'] },
    answers: () => ({
      ...{ findCli: { command: '/no/such/modal', args: [] }, connect: undefined, rates: datedRates },
      ...{ listEnvironments: environments, findDeployedApp: undefined, hasSecret: false },
      ...{ workspace: 'me', createSecret: undefined },
    }),
    run: (services) => new DeployFlow(around(services, {})).run({ kind: 'bundled', app }).catch(quietly),
    calls: [
      ...(['findCli', 'connect', 'listEnvironments', 'rates', 'findDeployedApp', 'hasSecret'] as const),
      ...(['workspace', 'findCli', 'connect', 'createSecret', 'findDeployedApp'] as const),
    ],
    ends: 'quietly',
  },
  {
    title: 'choosing the environment of a deploy',
    user: { picks: ['main'] },
    answers: () => ({ connect: undefined, listEnvironments: environments }),
    run: ({ planes }) => pickEnvironment(planned, planes),
    calls: ['connect', 'listEnvironments'],
  },
  {
    title: 'creating a secret for a deploy',
    user: { typed: ['value'] },
    answers: () => ({ connect: undefined, createSecret: undefined }),
    run: ({ planes }) => createOwnSecret(secret, 'main', planes),
    calls: ['connect', 'createSecret'],
  },
  {
    title: 'waiting for the first healthy answer of a deploy',
    answers: () => ({ send: httpResult('{}') }),
    run: (services, waits, cancel) =>
      firstHealthyAnswer(
        around(services, { sender: { send: (...call: Parameters<Waits['send']>) => waits.send(...call) } }),
        planned,
      )(details, cancel),
    calls: ['send'],
  },
  {
    title: 'a serve',
    answers: () => scriptAnswers,
    run: async (services, _waits, cancel) => {
      const scriptRuns = new ScriptRuns();
      const flow = new ScriptFlow(around(services, { scriptRuns }));
      cancel.addEventListener('abort', () => scriptRuns.all.forEach(({ id }) => scriptRuns.stop(id)));
      const runs = await untilStopped(scriptRuns, flow.serve(choice));
      expect([...runs.map(({ state }) => state), ...failures].filter((end) => end !== 'stopped')).toEqual([]);
    },
    calls: ['findCli', 'connect', ...planCalls, 'findCli', 'connect', 'workspace', 'send'],
    ends: 'quietly',
  },
  {
    title: 'a run',
    answers: () => scriptAnswers,
    run: async (services) => {
      const scriptRuns = new ScriptRuns();
      const flow = new ScriptFlow(around(services, { scriptRuns }));
      await untilStopped(scriptRuns, flow.run(choice, runnable));
      expect(failures).toEqual([]);
    },
    calls: ['findCli', 'connect', ...planCalls, 'findCli', 'connect', 'workspace', 'send'],
    ends: 'quietly',
  },
];

describe('a cancelled flow', () => {
  cancelFlows(flows);
});

describe('a deploy under way', () => {
  const underWay = () => {
    const deploys = new DeployTracker();
    const deploy = new DeployRun(planned);
    deploys.add(deploy);
    return { deploys, deploy };
  };

  it('ends when its command asks for it', async () => {
    const { deploys, deploy } = underWay();
    const services = around({ planes: planesOf({} as Waits) } as unknown as Services, { deploys });
    await commandTable(services)[commands.cancelDeploy](undefined, plain('Cancel Deploy'));
    expect(deploy.signal.aborted).toBe(true);
    deploys.dispose();
  });

  it('ends with its window', () => {
    const { deploys, deploy } = underWay();
    deploys.dispose();
    expect(deploy.signal.aborted).toBe(true);
  });
});

it('a serve and a run end with their window', () => {
  const runs = new ScriptRuns();
  const command = new ScriptCommand({} as ScriptPlan);
  runs.start({
    ...{ kind: 'run', script: '/a.py', variable: '', runnable: 'go', title: 'go', state: 'running' },
    ...{ words: '', endpoints: [], command, showLog: nothing },
  });
  runs.dispose();
  expect(command.signal.aborted).toBe(true);
});
