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
      '  2 running containers will stop, along with any requests in progress. Billing ends.',
      '  GPU: T4 (16 GB), $0.59/h for each running container of web (price of 2026-10-04, before credits)',
      '  GPU: L4 (24 GB), $0.80/h for each running container of Chat (price of 2026-10-04, before credits)',
      '  No longer reachable: me--demo.modal.run, me--chat.modal.run',
      "  A stopped app can't be restarted; deploy it again instead.",
      '  [Stop App]',
      'modal: stopApp ap-1',
      'status: $(check) demo-app stopped',
    ]);
  });

  it('lets the palette choose the app, and stops nothing without the answer', async () => {
    expect(await did(commands.stopApp, undefined, 'idle', undefined)).toEqual([
      'list: Stop App · Select an app',
      '  (cloud) demo-app | main · deployed | Last deploy 2 hours ago',
      '  (cloud) idle | main · deployed | Last deploy 1 day ago',
      'warning: Stop idle in main?',
      '  No containers are running, so nothing is billed now.',
      '  GPU: none; containers are billed for CPU and memory while they run.',
      "  A stopped app can't be restarted; deploy it again instead.",
      '  [Stop App]',
    ]);
    expect(await did(commands.stopApp, undefined, undefined)).toEqual([
      'list: Stop App · Select an app',
      '  (cloud) demo-app | main · deployed | Last deploy 2 hours ago',
      '  (cloud) idle | main · deployed | Last deploy 1 day ago',
    ]);
  });

  it('says why it could not', async () => {
    account.refuses.set('stopApp', new ModalError('forbidden', 'Your role may not stop apps.'));
    expect(await did(commands.stopApp, tree.row('idle'), 'Stop App', 'Show Extension Log')).toEqual([
      'warning: Stop idle in main?',
      '  No containers are running, so nothing is billed now.',
      '  GPU: none; containers are billed for CPU and memory while they run.',
      "  A stopped app can't be restarted; deploy it again instead.",
      '  [Stop App]',
      'modal: stopApp ap-2',
      'error: Stop App: Your role may not stop apps.',
      '  [Show Extension Log]',
      'shown: the log of the extension',
    ]);
  });
});

describe('stopping a container', () => {
  const row = () => tree.row('…000001');

  it.each([
    [
      'Stop Gracefully',
      [
        'modal: stopContainer ta-000001 {"graceful":true}',
        'status: $(check) ta-000001 stops after its current inputs',
      ],
    ],
    ['Stop Now', ['modal: stopContainer ta-000001 {"graceful":false}', 'status: $(check) ta-000001 stopped']],
    [undefined, []],
  ])('%s', async (answer, done) => {
    const told = await did(commands.stopContainer, row(), answer);
    expect(told.slice(0, 5)).toEqual([
      'warning: Stop container ta-000001 of demo-app in main?',
      '  Stop Gracefully: finishes current inputs and accepts no new ones.',
      '  Stop Now: interrupts running inputs and reschedules them to another container.',
      '  The app stays deployed. A new container starts when there is work, or if min containers is set.',
      '  [Stop Gracefully] [Stop Now]',
    ]);
    expect(told.slice(5)).toEqual(done);
  });

  it('lets the palette choose among those that run', async () => {
    account.containers.push({ id: 'ta-000003', appId: 'ap-1', startUnknown: true });
    expect(await did(commands.stopContainer, undefined, undefined)).toEqual([
      'list: Stop Container · Select a container',
      '  (server-process) ta-000001 | demo-app · main | running since 1 hour ago',
      '  (server-process) ta-000002 | demo-app · main | starting',
      '  (server-process) ta-000003 | demo-app · main | in an unknown state',
    ]);
    nothingRuns();
    expect(await did(commands.stopContainer, undefined)).toEqual([
      'error: Stop Container: No containers are running. One starts with the next request.',
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
      'list: Open Shell in Container · Select a container',
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
      "  Stops everything that runs in it. Files that aren't in a volume or snapshot are lost. Billing ends.",
      '  [Stop Sandbox]',
      'modal: stopSandbox sb-1',
      'status: $(check) sb-1 stopped',
    ]);
  });

  it('lets the palette choose one, and keeps it without the answer', async () => {
    account.sandboxes.push(sandboxOf({ id: 'sb-2', name: 'agent', appId: 'ap-9' }));
    expect(await did(commands.stopSandbox, undefined, 'agent', undefined)).toEqual([
      'list: Stop Sandbox · Select a sandbox',
      '  (vm) sb-1 | demo-app · main | sb-1',
      '  (vm) agent | ap-9 · main | sb-2',
      'warning: Stop sandbox agent (sb-2)?',
      '  App: ap-9',
      '  Environment: main',
      '  GPU: A10, from $1.17/h (price of 2026-10-04, before credits)',
      '  Since at an unknown time',
      "  Stops everything that runs in it. Files that aren't in a volume or snapshot are lost. Billing ends.",
      '  [Stop Sandbox]',
    ]);
    nothingRuns();
    expect(await did(commands.stopSandbox, undefined)).toEqual([
      'error: Stop Sandbox: No running sandboxes found.',
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
      '  No longer reachable: me--chat.modal.run',
      "  A stopped endpoint can't be restarted. Create a new one instead.",
      '  [Stop Endpoint]',
      'modal: stopEndpoint ep-1',
      'status: $(check) chat stopped',
    ]);
  });

  it('lets the palette choose one, and keeps it without the answer', async () => {
    expect(await did(commands.stopManagedEndpoint, undefined, 'chat', undefined)).toEqual([
      'list: Stop Managed Endpoint · Select an endpoint',
      '  (sparkle) chat | main · live | Qwen/Qwen3-4B',
      'warning: Stop managed endpoint chat?',
      '  Model: Qwen/Qwen3-4B',
      '  App: ap-8',
      '  Environment: main',
      '  GPU: L40S, from $1.95/h per container (price of 2026-10-04, before credits)',
      '  No longer reachable: me--chat.modal.run',
      "  A stopped endpoint can't be restarted. Create a new one instead.",
      '  [Stop Endpoint]',
    ]);
    nothingRuns();
    expect(await did(commands.stopManagedEndpoint, undefined)).toEqual([
      'error: Stop Managed Endpoint: There are no managed endpoints.',
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
      '  2 containers will stop, along with any requests in progress.',
      '  The server stays deployed. A new container starts with the next request, or immediately if min containers is set.',
      '  [Stop Containers]',
      'modal: stopContainer ta-000001 {}',
      'modal: stopContainer ta-000002 {}',
      'status: $(check) Containers of Chat stopped',
    ]);
  });

  it('lets the palette choose a server, and stops nothing without the answer', async () => {
    account.serverContainers = ['ta-000001'];
    expect((await did(commands.stopServerContainers, undefined, 'Chat', undefined)).slice(0, 3)).toEqual([
      'list: Stop Containers of Server · Select a server',
      '  (server) Chat | demo-app · main | L4',
      'warning: Stop the containers of Chat?',
    ]);
    account.serverContainers = [];
    expect(await did(commands.stopServerContainers, tree.row('Chat'))).toEqual([
      'error: Stop Containers of Server: No containers of Chat are accepting requests.',
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
      'list: Autoscaling of web in demo-app · Select a value to change',
      '  (symbol-number) Min containers: 0 | from the code | Always running and billed, even without requests',
      '  (symbol-number) Max containers: 4 | from the code | Upper limit; 0 = unlimited',
      '  (symbol-number) Buffer containers: 0 | from the code | Spare containers kept ready under load',
      '  (symbol-number) Scaledown window: 60 s | from the code | Seconds before an idle container stops',
      'input: Min containers · Always running and billed, even without requests · "0"',
      '  Must be 4 (max containers) or less.',
      '  Enter a whole number, 0 or more.',
      'list: Autoscaling of web in demo-app · Select Apply, or another value to change',
      '  (check) Apply… | Min containers',
      '  (edit) Min containers: 2 | now 0 | Always running and billed, even without requests',
      '  (symbol-number) Max containers: 4 | from the code | Upper limit; 0 = unlimited',
      '  (symbol-number) Buffer containers: 0 | from the code | Spare containers kept ready under load',
      '  (symbol-number) Scaledown window: 60 s | from the code | Seconds before an idle container stops',
      'warning: Change autoscaling of web in demo-app (main)?',
      '  Min containers: 0 → 2',
      '  2 containers run all the time, even without requests: 2 × T4 at $0.59/h = $1.18/h, $28.32 a day (price of 2026-10-04, before credits; plus CPU and memory).',
      '  Applies immediately, until the next deploy.',
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
      'list: Autoscaling of web in demo-app · Select a value to change',
      '  (symbol-number) Min containers: 1 | changed by ann 1 minute ago | Always running and billed, even without requests',
      '  (symbol-number) Max containers: 4 | from the code | Upper limit; 0 = unlimited',
      '  (symbol-number) Buffer containers: 0 | from the code | Spare containers kept ready under load',
      '  (symbol-number) Scaledown window: 60 s | from the code | Seconds before an idle container stops',
      '  (discard) Reset to Deployed Values…',
      'warning: Change autoscaling of web in demo-app (main)?',
      '  Min containers: 1 → 0',
      '  No containers run without requests, so idle time costs nothing.',
      '  Applies immediately, until the next deploy.',
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
      'list: Change Autoscaling · Select an app',
      '  (cloud) demo-app | main · deployed | Last deploy 2 hours ago',
      '  (cloud) idle | main · deployed | Last deploy 1 day ago',
      'list: Change Autoscaling of demo-app · Select a function or class',
      '  web | T4',
      '  Chat | L4',
      'list: Autoscaling of Chat in demo-app · Select a value to change',
      '  (symbol-number) Min containers: 0 | from the code | Always running and billed, even without requests',
    ]);
    expect((await did(commands.changeAutoscaling, undefined, 'idle')).slice(3)).toEqual([
      'error: Change Autoscaling: idle has no functions.',
      '  [Show Extension Log]',
    ]);
  });
});

it('the dashboard opens at the app', async () => {
  expect(await did(commands.openDashboard, tree.row('demo-app'))).toEqual([
    'opened: https://modal.com/id/ap-1',
  ]);
  expect(await did(commands.openDashboard, undefined, undefined)).toEqual([
    'list: Open in Modal Dashboard · Select an app',
    '  (cloud) demo-app | main · deployed | Last deploy 2 hours ago',
    '  (cloud) idle | main · deployed | Last deploy 1 day ago',
  ]);
});
