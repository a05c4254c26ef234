/** The Apps view: what its rows, title and number say, how it is filtered, grouped and sorted, and what is copied. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { commands, contextKeys, views } from '../../../src/contributions.ts';
import { ModalError } from '../../../src/domain/errors.ts';
import { appOf } from '../support/apps.ts';
import type { Started } from '../support/whole/extension.ts';
import { account, did, editor, happens, start } from '../support/whole/extension.ts';
import type { OpenList } from '../support/whole/questions.ts';
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
  await happens(() => undefined);
});
afterEach(() => window.close());

const look = () => [tree.description, tree.message, tree.badge?.value, tree.badge?.tooltip];
const shown = (key: string) => editor.state.contexts.get(key);

describe('the view', () => {
  it('says whose apps they are and what runs', () => {
    expect(look()).toEqual([
      'acme',
      '',
      2,
      '2 containers running, 1 of them a sandbox, 1 with GPU: about $1.17/h',
    ]);
    expect([contextKeys.connection, contextKeys.empty, contextKeys.filtered].map(shown)).toEqual([
      'ready',
      false,
      false,
    ]);
  });

  it('says how old its rows are when they cannot be read again', async () => {
    account.refuses.set('listApps', new ModalError('offline', 'No way to Modal.'));
    await did(commands.refresh);
    expect(look().slice(0, 2)).toEqual(['acme', 'No way to Modal. Showing data from just now.']);
  });

  it('says that nothing is deployed', async () => {
    Object.assign(account, { apps: [], containers: [], sandboxes: [], endpoints: [] });
    await did(commands.refresh);
    expect(shown(contextKeys.empty)).toBe(true);
    expect(look()).toEqual(['acme', '', undefined, undefined]);
  });

  it('forgets its number some time after it was hidden', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    tree.show(false);
    expect(tree.badge).toBeDefined();
    await vi.advanceTimersByTimeAsync(5 * 60_000);
    expect(tree.badge).toBeUndefined();
    vi.useRealTimers();
  });

  it('keeps what was opened and closed', () => {
    tree.collapse('app/ap-1');
    expect(tree.rows(false)).toEqual([
      'main | 2 apps · 2 running · more than $1.17/h · unknown number of GPUs',
      '  Managed endpoints | 1 live',
      '    chat | live · L40S · $1.95/h per container · Qwen/Qwen3-4B · 9h ago',
      '  demo-app | 2 running · 1 sandbox · L4, T4 · 2h ago',
      '  idle | idle · 1d ago',
    ]);
    tree.expand('app/ap-1');
    expect(tree.rows(false).length).toBeGreaterThan(6);
  });

  it('tells more of a row where one looks', async () => {
    expect(
      String(await tree.tooltip(tree.row('demo-app')))
        .replace(/deploy .*/, 'deploy …')
        .split('\n'),
    ).toEqual([
      'demo-app (ap-1)',
      'deployed in main, version 3',
      'Last deploy …',
      'GPU: L4, T4',
      '2 running containers',
      '1 sandbox',
    ]);
    expect(await tree.tooltip(tree.row('Chat'))).toContain('Last hour: unknown number of requests');
  });

  it('selects a row again that a filter had taken away', async () => {
    const row = tree.row('idle');
    tree.select(row);
    await did(
      commands.filterApps,
      undefined,
      (list: OpenList) => {
        list.type('demo');
      },
      undefined,
    );
    await did(commands.clearFilter);
    expect(tree.revealed).toEqual([row]);
  });
});

describe('the filter', () => {
  const filtered = async (act: (list: OpenList) => unknown) => {
    await did(commands.filterApps, undefined, act, undefined);
    return [
      ...look().slice(0, 2),
      ...tree.rows(false).filter((row) => /^ *(?:demo-app|idle|web|chat)/.test(row)),
    ];
  };

  it('lists what can be ticked, with how many apps match', async () => {
    account.apps.push(appOf({ id: 'ap-3', name: 'dev-app', environment: 'dev' }));
    account.environments = [...account.environments, { name: 'dev', isDefault: false }];
    await did(commands.refresh);
    expect(await did(commands.filterApps, undefined, undefined)).toEqual([
      'list: Filter Apps · Search by name or ID, or select filters',
      '  -- Text',
      '  also search functions and URLs of all apps | loads the functions of each app once',
      '  -- State',
      '  running now | 1 app',
      '  deployed | 3 apps',
      '  running via modal run or serve | 0 apps',
      '  stopped | 0 apps',
      '  -- GPU',
      '  A10 | GPU · 1 app',
      '  no GPU | GPU · 2 apps',
      '  L4 | GPU · 1 app',
      '  T4 | GPU · 1 app',
      '  -- Environment',
      '  dev | environment · 1 app',
      '  main | environment · 2 apps',
      '  -- Deployed by',
      '  deployed by you (ann) | 0 apps',
    ]);
  });

  it('narrows the view by text, state and GPU, and is cleared', async () => {
    expect(
      await filtered((list) => {
        list.type('idl');
      }),
    ).toEqual(['acme', '1 of 2 apps match the filter: “idl”.', '  idle | idle · 1d ago']);
    expect([contextKeys.filtered, contextKeys.filterEmpty].map(shown)).toEqual([true, false]);
    expect(await filtered((list) => list.type('nobody'))).toEqual(['“nobody”', '']);
    expect(shown(contextKeys.filterEmpty)).toBe(true);
    expect(
      await filtered((list) => {
        list.type('');
        list.tick('T4');
      }),
    ).toEqual([
      'acme',
      '1 of 2 apps match the filter: T4.',
      '  demo-app | 2 running · 1 sandbox · L4, T4 · 2h ago',
      '    web | T4',
    ]);
    expect(await filtered((list) => list.tick('running now', 'no GPU'))).toEqual([
      'running now · no GPU',
      '',
    ]);
    const ticked = (await did(commands.filterApps, undefined, undefined)).filter((line) =>
      line.includes('[x]'),
    );
    expect(ticked).toEqual(['  [x] running now | 1 app', '  [x] no GPU | GPU · 1 app']);
    expect(await filtered((list) => list.press('Clear Filter'))).toEqual([
      'acme',
      '',
      '    chat | live · L40S · $1.95/h per container · Qwen/Qwen3-4B · 9h ago',
      '  demo-app | 2 running · 1 sandbox · L4, T4 · 2h ago',
      '    web | T4',
      '  idle | idle · 1d ago',
    ]);
    await filtered((list) => {
      list.type('idl');
    });
    await did(commands.clearFilter);
    expect(shown(contextKeys.filtered)).toBe(false);
  });

  it('finds functions of all apps where that is ticked', async () => {
    expect(
      await filtered((list) => {
        list.type('chat');
        list.tick('search functions');
      }),
    ).toEqual([
      'acme',
      '1 of 2 apps match the filter: “chat”.',
      '    chat | live · L40S · $1.95/h per container · Qwen/Qwen3-4B · 9h ago',
      '  demo-app | 2 running · 1 sandbox · L4, T4 · 2h ago',
      '    web | T4',
    ]);
  });

  it('stays after the list is left by Enter', async () => {
    await did(commands.changeFilter, undefined, (list: OpenList) => {
      list.type('idle');
      list.accepts.fire();
    });
    expect(look()[1]).toBe('1 of 2 apps match the filter: “idle”.');
  });
});

describe('the order', () => {
  it('is by environment, state or GPU, as chosen', async () => {
    expect(await did(commands.groupApps, undefined, 'By state')).toEqual([
      'list: Group Apps · Saved for this workspace',
      '  (check) By environment | current',
      '  (blank) No grouping',
      '  (blank) By state',
      '  (blank) By GPU',
    ]);
    expect(tree.rows(false)).toEqual([
      'Managed endpoints | 1 live',
      '  chat | live · L40S · $1.95/h per container · Qwen/Qwen3-4B · 9h ago',
      'Deployed | 2 apps · 2 running · more than $1.17/h',
      '  demo-app | 2 running · 1 sandbox · L4, T4 · 2h ago',
      '    web | T4',
      '      endpoint | me--demo.modal.run',
      '    Chat | idle · L4 · $0.86/h per container',
      '      endpoint | me--chat.modal.run',
      '    …000001 | running · CPU · 1h ago',
      '    …000002 | starting · CPU · time unknown',
      '    Sandboxes | 1 running · $1.17/h',
      '    Versions',
      '  idle | idle · 1d ago',
    ]);
    expect(await did(commands.groupApps, undefined, 'No grouping')).toEqual([
      'list: Group Apps · Saved for this workspace',
      '  (blank) By environment',
      '  (blank) No grouping',
      '  (check) By state | current',
      '  (blank) By GPU',
    ]);
    expect(tree.rows(false)).toEqual([
      'Managed endpoints | 1 live',
      '  chat | live · L40S · $1.95/h per container · Qwen/Qwen3-4B · 9h ago',
      'demo-app | 2 running · 1 sandbox · L4, T4 · 2h ago',
      '  web | T4',
      '    endpoint | me--demo.modal.run',
      '  Chat | idle · L4 · $0.86/h per container',
      '    endpoint | me--chat.modal.run',
      '  …000001 | running · CPU · 1h ago',
      '  …000002 | starting · CPU · time unknown',
      '  Sandboxes | 1 running · $1.17/h',
      '  Versions',
      'idle | idle · 1d ago',
    ]);
    await did(commands.groupApps, undefined, undefined);
    expect(tree.rows(false)).toHaveLength(12);
    await did(commands.groupApps, undefined, 'By environment');
    expect(tree.rows(false).slice(0, 4)).toEqual([
      'main | 2 apps · 2 running · more than $1.17/h · unknown number of GPUs',
      '  Managed endpoints | 1 live',
      '    chat | live · L40S · $1.95/h per container · Qwen/Qwen3-4B · 9h ago',
      '  demo-app | 2 running · 1 sandbox · L4, T4 · 2h ago',
    ]);
  });

  it('is by name, last deploy or running containers', async () => {
    account.apps[1] = { ...account.apps[1]!, name: 'zero', runningContainers: 5, deployedAt: Date.now() };
    await did(commands.refresh);
    const order = () => tree.rows(false).flatMap((row) => /^ {2}(demo-app|zero)/.exec(row)?.[1] ?? []);
    expect(order()).toEqual(['demo-app', 'zero']);
    expect(await did(commands.sortApps, undefined, 'By last deploy')).toEqual([
      'list: Sort Apps · Saved for this workspace',
      '  (check) By name | current',
      '  (blank) By last deploy, newest first',
      '  (blank) By running containers, most first',
    ]);
    expect(order()).toEqual(['zero', 'demo-app']);
    await did(commands.sortApps, undefined, 'By name');
    expect(order()).toEqual(['demo-app', 'zero']);
    await did(commands.sortApps, undefined, 'By running');
    expect(order()).toEqual(['zero', 'demo-app']);
    await did(commands.sortApps, undefined, undefined);
    expect(order()).toEqual(['zero', 'demo-app']);
  });
});

describe('many rows', () => {
  it('come a page at a time', async () => {
    account.apps = Array.from({ length: 2300 }, (_, at) =>
      appOf({ id: `ap-${at}`, name: `app-${String(at).padStart(4, '0')}` }),
    );
    await did(commands.refresh);
    const count = () => tree.rows(false).filter((row) => row.includes('app-')).length;
    const first = count();
    expect(tree.rows(false).at(-1)).toBe('  Show more | 1300 not shown');
    await did(commands.showMoreApps, tree.provider.getChildren(tree.provider.getChildren()[0]).at(-1));
    const second = count();
    await did(commands.showMoreApps);
    expect([first, second, count()]).toEqual([1000, 2000, 2300]);
  });

  it('of sandboxes are read further', async () => {
    account.moreSandboxes = true;
    await did(commands.refresh);
    const before = account.asked.filter((name) => name === 'listSandboxes').length;
    expect(tree.rows().at(-1)).toBe('  Show more sandboxes | only the newest 1 are loaded');
    await did(commands.showMoreApps, tree.provider.getChildren(tree.provider.getChildren()[0]).at(-1));
    expect(account.asked.filter((name) => name === 'listSandboxes').length).toBeGreaterThan(before);
  });
});
