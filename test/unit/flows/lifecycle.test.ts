/** What is done with deployed apps, by their rows and by the palette: what is asked, and what comes of each answer. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { commands, views } from '../../../src/contributions.ts';
import { ModalError } from '../../../src/domain/errors.ts';
import { sandboxOf } from '../support/running.ts';
import type { Started } from '../support/whole/extension.ts';
import { account, did, start } from '../support/whole/extension.ts';
import { populate } from '../support/whole/scene.ts';
import type { OpenTree } from '../support/whole/views.ts';

vi.mock('vscode', () => import('../support/whole/editor.ts'));
vi.mock('../../../src/modal/sdk.ts', () => import('../support/whole/account.ts'));

let window: Started;
let tree: OpenTree;
beforeEach(async () => {
  window = await start();
  populate();
  tree = await window.look(views.apps);
  tree.expand('app/ap-1');
  await vi.waitFor(() => tree.row('Chat'), { timeout: 9000 });
});
afterEach(() => window.close());

/** Nothing of these is there any more, as far as Modal tells. */
const nothingRuns = () => {
  account.containers = [];
  account.sandboxes = [];
  account.endpoints = [];
  account.details.clear();
};

describe('stopping an app', () => {
  it('names what ends, and stops it', async () => {
    expect(await did(commands.stopApp, tree.row('demo-app'), 'Stop App')).toEqual([
      'warning: Stop demo-app in main?',
      '  2 running containers will end, with any request in progress. Nothing is charged after that.',
      '  GPU: T4 (16 GB), $0.59/h for each running container of web (price of 2026-10-04, before credits)',
      '  GPU: L4 (24 GB), $0.80/h for each running container of Chat (price of 2026-10-04, before credits)',
      '  Stops answering: me--demo.modal.run, me--chat.modal.run',
      '  A stopped app cannot be started again, only deployed anew.',
      '  [Stop App]',
      'modal: stopApp ap-1',
      'status: $(check) demo-app stopped',
    ]);
  });

  it('lets the palette choose the app, and stops nothing without the answer', async () => {
    expect(await did(commands.stopApp, undefined, 'idle', undefined)).toEqual([
      'list: Stop App · Choose an app',
      '  (cloud) demo-app | main · deployed | Last deploy 2 hours ago',
      '  (cloud) idle | main · deployed | Last deploy 1 day ago',
      'warning: Stop idle in main?',
      '  No container is running, so it costs nothing now.',
      '  GPU: none; containers are charged for CPU and memory while they run.',
      '  A stopped app cannot be started again, only deployed anew.',
      '  [Stop App]',
    ]);
    expect(await did(commands.stopApp, undefined, undefined)).toEqual([
      'list: Stop App · Choose an app',
      '  (cloud) demo-app | main · deployed | Last deploy 2 hours ago',
      '  (cloud) idle | main · deployed | Last deploy 1 day ago',
    ]);
  });

  it('says why it could not', async () => {
    account.refuses.set('stopApp', new ModalError('forbidden', 'Your role may not stop apps.'));
    expect(await did(commands.stopApp, tree.row('idle'), 'Stop App', 'Show Extension Log')).toEqual([
      'warning: Stop idle in main?',
      '  No container is running, so it costs nothing now.',
      '  GPU: none; containers are charged for CPU and memory while they run.',
      '  A stopped app cannot be started again, only deployed anew.',
      '  [Stop App]',
      'modal: stopApp ap-2',
      'error: Stop app: Your role may not stop apps.',
      '  [Show Extension Log]',
      'shown: the log of the extension',
    ]);
  });
});

describe('stopping a container', () => {
  const row = () => tree.row('…000001');

  it.each([
    [
      'Stop After Running Inputs',
      [
        'modal: stopContainer ta-000001 {"graceful":true}',
        'status: $(check) ta-000001 ends when its inputs are done',
      ],
    ],
    ['Stop Now', ['modal: stopContainer ta-000001 {"graceful":false}', 'status: $(check) ta-000001 stopped']],
    [undefined, []],
  ])('%s', async (answer, done) => {
    const told = await did(commands.stopContainer, row(), answer);
    expect(told.slice(0, 5)).toEqual([
      'warning: Stop container ta-000001 of demo-app in main?',
      '  Stop After Running Inputs: it takes no more and ends when they are done.',
      '  Stop Now: its running inputs are interrupted and rescheduled to another container.',
      '  The app stays deployed. A new container starts when there is work, or when a minimum is set.',
      '  [Stop After Running Inputs] [Stop Now]',
    ]);
    expect(told.slice(5)).toEqual(done);
  });

  it('lets the palette choose among those that run', async () => {
    account.containers.push({ id: 'ta-000003', appId: 'ap-1', startUnknown: true });
    expect(await did(commands.stopContainer, undefined, undefined)).toEqual([
      'list: Stop Container · Choose a container',
      '  (server-process) ta-000001 | demo-app · main | running since 1 hour ago',
      '  (server-process) ta-000002 | demo-app · main | starting',
      '  (server-process) ta-000003 | demo-app · main | in an unknown state',
    ]);
    nothingRuns();
    expect(await did(commands.stopContainer, undefined)).toEqual([
      'error: Stop container: No container is running. One starts with the next request.',
      '  [Show Extension Log]',
    ]);
  });
});

describe('a shell', () => {
  it('opens in a container with the account in use', async () => {
    window.useCli('');
    expect(await did(commands.openShell, tree.row('…000001'))).toEqual([
      'terminal: Shell in demo-app · /bin/modal shell ta-000001 · MODAL_PROFILE MODAL_TOKEN_ID MODAL_TOKEN_SECRET MODAL_SERVER_URL',
    ]);
    expect(await did(commands.openShell, tree.row('…sb-1'))).toEqual([
      'terminal: Shell in demo-app · /bin/modal shell sb-1 · MODAL_PROFILE MODAL_TOKEN_ID MODAL_TOKEN_SECRET MODAL_SERVER_URL',
    ]);
    expect(await did(commands.openShell, undefined, 'ta-000002')).toEqual([
      'list: Open Shell in Container · Choose a container',
      '  (server-process) ta-000001 | demo-app · main | running since 1 hour ago',
      '  (server-process) ta-000002 | demo-app · main | starting',
      'terminal: Shell in demo-app · /bin/modal shell ta-000002 · MODAL_PROFILE MODAL_TOKEN_ID MODAL_TOKEN_SECRET MODAL_SERVER_URL',
    ]);
  });
});

describe('stopping a sandbox', () => {
  it('names its price, and stops it', async () => {
    expect(await did(commands.stopSandbox, tree.row('…sb-1'), 'Stop Sandbox')).toEqual([
      'warning: Stop sandbox sb-1?',
      '  App: demo-app',
      '  Environment: main',
      '  GPU: A10, from $1.17/h (price of 2026-10-04, before credits)',
      '  Since 1 hour ago',
      '  What runs in it ends, and files in it that are in no volume or snapshot are lost. Nothing is charged after that.',
      '  [Stop Sandbox]',
      'modal: stopSandbox sb-1',
      'status: $(check) sb-1 stopped',
    ]);
  });

  it('lets the palette choose one, and keeps it without the answer', async () => {
    account.sandboxes.push(sandboxOf({ id: 'sb-2', name: 'agent', appId: 'ap-9' }));
    expect(await did(commands.stopSandbox, undefined, 'agent', undefined)).toEqual([
      'list: Stop Sandbox · Choose a sandbox',
      '  (vm) sb-1 | demo-app · main | sb-1',
      '  (vm) agent | ap-9 · main | sb-2',
      'warning: Stop sandbox agent (sb-2)?',
      '  App: ap-9',
      '  Environment: main',
      '  GPU: A10, from $1.17/h (price of 2026-10-04, before credits)',
      '  Since at an unknown time',
      '  What runs in it ends, and files in it that are in no volume or snapshot are lost. Nothing is charged after that.',
      '  [Stop Sandbox]',
    ]);
    nothingRuns();
    expect(await did(commands.stopSandbox, undefined)).toEqual([
      'error: Stop sandbox: No sandbox is running, as far as Modal tells.',
      '  [Show Extension Log]',
    ]);
  });
});

describe('stopping a managed endpoint', () => {
  it('names model, price and address, and stops it', async () => {
    expect(await did(commands.stopManagedEndpoint, tree.row('chat'), 'Stop Endpoint')).toEqual([
      'warning: Stop managed endpoint chat?',
      '  Model: Qwen/Qwen3-4B',
      '  App: ap-8',
      '  Environment: main',
      '  GPU: L40S, from $1.95/h per container (price of 2026-10-04, before credits)',
      '  Stops answering: me--chat.modal.run',
      '  A stopped endpoint cannot be started again. Create a new one instead.',
      '  [Stop Endpoint]',
      'modal: stopEndpoint ep-1',
      'status: $(check) chat stopped',
    ]);
  });

  it('lets the palette choose one, and keeps it without the answer', async () => {
    expect(await did(commands.stopManagedEndpoint, undefined, 'chat', undefined)).toEqual([
      'list: Stop Managed Endpoint · Choose an endpoint',
      '  (sparkle) chat | main · live | Qwen/Qwen3-4B',
      'warning: Stop managed endpoint chat?',
      '  Model: Qwen/Qwen3-4B',
      '  App: ap-8',
      '  Environment: main',
      '  GPU: L40S, from $1.95/h per container (price of 2026-10-04, before credits)',
      '  Stops answering: me--chat.modal.run',
      '  A stopped endpoint cannot be started again. Create a new one instead.',
      '  [Stop Endpoint]',
    ]);
    nothingRuns();
    expect(await did(commands.stopManagedEndpoint, undefined)).toEqual([
      'error: Stop managed endpoint: There is no managed endpoint.',
      '  [Show Extension Log]',
    ]);
  });
});

describe('stopping the containers of a server', () => {
  it('stops all of them', async () => {
    account.serverContainers = ['ta-000001', 'ta-000002'];
    expect(await did(commands.stopServerContainers, tree.row('Chat'), 'Stop Containers')).toEqual([
      'warning: Stop the containers of Chat?',
      '  App: demo-app',
      '  Environment: main',
      '  GPU: L4, from $0.86/h per container (price of 2026-10-04, before credits)',
      '  2 containers will end, with any request in progress.',
      '  The server stays deployed. A new container starts with the next request, or at once when a minimum is set.',
      '  [Stop Containers]',
      'modal: stopContainer ta-000001 {}',
      'modal: stopContainer ta-000002 {}',
      'status: $(check) Containers of Chat stopped',
    ]);
  });

  it('lets the palette choose a server, and stops nothing without the answer', async () => {
    account.serverContainers = ['ta-000001'];
    expect((await did(commands.stopServerContainers, undefined, 'Chat', undefined)).slice(0, 3)).toEqual([
      'list: Stop Containers of Server · Choose a server',
      '  (server) Chat | demo-app · main | L4',
      'warning: Stop the containers of Chat?',
    ]);
    account.serverContainers = [];
    expect(await did(commands.stopServerContainers, tree.row('Chat'))).toEqual([
      'error: Stop containers of server: No container of Chat takes requests now.',
      '  [Show Extension Log]',
    ]);
  });
});

describe('changing autoscaling', () => {
  it('shows the four numbers, refuses what cannot be, and applies what was changed', async () => {
    const told = await did(
      ...([commands.changeAutoscaling, tree.row('web')] as const),
      ...['Min containers', '9', 'x', '2', 'Apply…', 'Change Autoscaling'],
    );
    expect(told).toEqual([
      'list: Autoscaling of web in demo-app · Choose a value to change',
      '  (symbol-number) Min containers: 0 | from the code | Kept running, and charged, also without requests',
      '  (symbol-number) Max containers: 4 | from the code | Never more than these; 0 = no limit of its own',
      '  (symbol-number) Buffer containers: 0 | from the code | Extra containers while the function is busy',
      '  (symbol-number) Scale-down window: 60 s | from the code | Seconds that an idle container is kept',
      'input: Min containers · Kept running, and charged, also without requests · "0"',
      '  At most 4, the max containers.',
      '  Enter a whole number, 0 or more.',
      'list: Autoscaling of web in demo-app · Choose Apply, or another value to change',
      '  (check) Apply… | Min containers',
      '  (edit) Min containers: 2 | now 0 | Kept running, and charged, also without requests',
      '  (symbol-number) Max containers: 4 | from the code | Never more than these; 0 = no limit of its own',
      '  (symbol-number) Buffer containers: 0 | from the code | Extra containers while the function is busy',
      '  (symbol-number) Scale-down window: 60 s | from the code | Seconds that an idle container is kept',
      'warning: Change autoscaling of web in demo-app (main)?',
      '  Min containers: 0 → 2',
      '  2 containers run all the time, also without requests: 2 × T4 at $0.59/h = $1.18/h, $28.32 a day (price of 2026-10-04, before credits; CPU and memory come on top).',
      '  It takes effect at once and lasts until the next deploy.',
      '  [Change Autoscaling]',
      'modal: updateAutoscaler fu-1 {"minContainers":2}',
      'status: $(check) Autoscaling of web changed',
    ]);
  });

  it('goes back to what the code says', async () => {
    account.autoscaler = {
      ...account.autoscaler,
      inForce: { ...account.autoscaler.inForce, minContainers: 1 },
      overrides: { minContainers: { by: 'ann', at: Date.now() - 60_000 } },
    };
    const told = await did(commands.changeAutoscaling, tree.row('web'), 'Reset', 'Change Autoscaling');
    expect(told).toEqual([
      'list: Autoscaling of web in demo-app · Choose a value to change',
      '  (symbol-number) Min containers: 1 | changed by ann 1 minute ago | Kept running, and charged, also without requests',
      '  (symbol-number) Max containers: 4 | from the code | Never more than these; 0 = no limit of its own',
      '  (symbol-number) Buffer containers: 0 | from the code | Extra containers while the function is busy',
      '  (symbol-number) Scale-down window: 60 s | from the code | Seconds that an idle container is kept',
      '  (discard) Reset to the Deployed Values…',
      'warning: Change autoscaling of web in demo-app (main)?',
      '  Min containers: 1 → 0',
      '  No container is kept without requests, so idle time costs nothing.',
      '  It takes effect at once and lasts until the next deploy.',
      '  [Change Autoscaling]',
      'modal: updateAutoscaler fu-1 {"minContainers":0}',
      'status: $(check) Autoscaling of web changed',
    ]);
    expect(await did(commands.changeAutoscaling, tree.row('web'), 'Reset', undefined)).not.toContain(
      'modal: updateAutoscaler fu-1 {"minContainers":0}',
    );
  });

  it('lets the palette choose app and function', async () => {
    expect(
      (await did(commands.changeAutoscaling, undefined, 'demo-app', 'Chat', undefined)).slice(0, 8),
    ).toEqual([
      'list: Change Autoscaling · Choose an app',
      '  (cloud) demo-app | main · deployed | Last deploy 2 hours ago',
      '  (cloud) idle | main · deployed | Last deploy 1 day ago',
      'list: Change Autoscaling of demo-app · Choose a function or class',
      '  web | T4',
      '  Chat | L4',
      'list: Autoscaling of Chat in demo-app · Choose a value to change',
      '  (symbol-number) Min containers: 0 | from the code | Kept running, and charged, also without requests',
    ]);
    expect((await did(commands.changeAutoscaling, undefined, 'idle')).slice(3)).toEqual([
      'error: Change autoscaling: idle has no functions.',
      '  [Show Extension Log]',
    ]);
  });
});

it('the dashboard opens at the app', async () => {
  expect(await did(commands.openDashboard, tree.row('demo-app'))).toEqual([
    'opened: https://modal.com/id/ap-1',
  ]);
  expect(await did(commands.openDashboard, undefined, undefined)).toEqual([
    'list: Open in Modal Dashboard · Choose an app',
    '  (cloud) demo-app | main · deployed | Last deploy 2 hours ago',
    '  (cloud) idle | main · deployed | Last deploy 1 day ago',
  ]);
});
