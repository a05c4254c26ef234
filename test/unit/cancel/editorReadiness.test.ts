/** Getting ready, and what is read while somebody looks: given up when nobody waits for it any more. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ModalError } from '../../../src/domain/errors.ts';
import { silentLogger } from '../../../src/shared/logger.ts';
import type { Config } from '../../../src/editor/config.ts';
import type { ContextKeys } from '../../../src/editor/contextKeys.ts';
import { emptySnapshot } from '../../../src/store/snapshot.ts';
import type { Services } from '../../../src/commands/services.ts';
import { CliFinder } from '../../../src/features/account/ui/cliFinder.ts';
import { installCli } from '../../../src/features/account/ui/installCli.ts';
import { SignInFlow } from '../../../src/features/account/ui/signInFlow.ts';
import { ScriptFinder } from '../../../src/features/workspace/ui/scriptFinder.ts';
import type { ScriptReader } from '../../../src/features/workspace/ui/scriptReader.ts';
import { switchEnvironment } from '../../../src/features/account/ui/switchEnvironment.ts';
import { switchProfile } from '../../../src/features/account/ui/switchProfile.ts';
import type { AppsViewParts } from '../../../src/features/apps/ui/appsView.ts';
import { AppsView } from '../../../src/features/apps/ui/appsView.ts';
import { ArrangementStore } from '../../../src/features/apps/ui/arrangementStore.ts';
import type { EditorFlow } from '../support/editorFlows.ts';
import { cancelFlows } from '../support/editorFlows.ts';
import { Uri, begin, changedFiles, lists, trees } from '../support/flowEditor.ts';
import { turns } from '../support/turns.ts';

vi.mock('vscode', () => import('../support/flowEditor.ts'));
vi.mock('../../../src/editor/withSignal.ts', () => import('../support/flowEditor.ts'));

/** What was asked outside of the editor: by name, with the signal that it was given. */
const outside = vi.hoisted(() => ({
  asked: [] as { readonly name: string; readonly signal: AbortSignal | undefined }[],
  /** The call that is not answered. */
  hangs: '',
  signIn: undefined as ((signal: AbortSignal | undefined) => unknown) | undefined,
  ask: (name: string, signal: AbortSignal | undefined, answer: unknown): Promise<unknown> => {
    outside.asked.push({ name, signal });
    return name === outside.hangs ? new Promise(() => undefined) : Promise.resolve(answer);
  },
}));
const ask = outside.ask;
vi.mock('../../../src/features/account/lazy.ts', () => ({
  findCli: (_input: object, signal: AbortSignal) => outside.ask('findCli', signal, { version: '1.5.0' }),
}));
vi.mock('../../../src/modal/interpreter.ts', () => ({
  searchCli: (_input: object, signal: AbortSignal) =>
    outside.ask('searchCli', signal, { tooOld: { version: '1.0.0' } }),
}));
vi.mock('../../../src/modal/installer.ts', () => ({
  upgradeOffer: (_input: object, _old: object, signal: AbortSignal) =>
    outside.ask('upgradeOffer', signal, undefined),
  installOffers: (_input: object, signal: AbortSignal) => outside.ask('installOffers', signal, []),
}));
vi.mock('../../../src/modal/signIn.ts', () => ({
  signInByCli: (_cli: object, { signal }: { signal?: AbortSignal }) => outside.signIn?.(signal),
}));
vi.mock('../../../src/features/workspace/core/scriptIndex.ts', () => ({
  ScriptIndex: class {
    readonly scripts = [];
    readonly update = (signal?: AbortSignal) => outside.ask('update', signal, undefined);
    readonly touch = () => undefined;
    readonly dispose = () => undefined;
  },
}));

const nothing = () => undefined;
/** Only a test that fails waits for so long. */
const patience = { timeout: 9000 };
const disposable = () => ({ dispose: nothing });
/** The signals that were given, and whether each is aborted. */
const asked = () => outside.asked.map(({ name, signal }) => [name, signal?.aborted] as const);

beforeEach(() => {
  outside.asked.length = 0;
  outside.hangs = '';
  begin(new AbortController().signal);
});
afterEach(() => void vi.useRealTimers());

const config = {
  get: () => '',
  choose: () => Promise.resolve(),
  onDidChange: disposable,
  onDidChangeExcludes: disposable,
};

const flows: readonly EditorFlow[] = [
  {
    title: 'looking for the CLI to tell which is used',
    answers: () => ({ findCli: { version: '1.5.0', source: 'PATH', command: 'modal' } }),
    run: (services) => installCli({ ...services, store: { state: { connection: 'ready' } } } as never),
    calls: ['findCli'],
  },
  {
    title: 'a sign-in',
    answers: () => ({ findCli: {}, send: { profile: 'p', file: 'f', workspace: 'w' } }),
    run: (services, waits) => {
      outside.signIn = (signal) => waits.send({}, signal);
      const store = { state: { connection: 'signedOut' }, refresh: () => Promise.resolve() };
      const flow = { ...services, store, config, logger: silentLogger, presenter: { failure: nothing } };
      return new SignInFlow(flow as unknown as Services).run(false);
    },
    calls: ['findCli', 'send'],
    ends: 'quietly',
  },
];

describe('a cancelled flow', () => {
  cancelFlows(flows);
});

describe('the search for the CLI', () => {
  const finderOf = () =>
    new CliFinder(config as unknown as Config, { set: nothing } as unknown as ContextKeys);

  it('ends when nobody waits for it any more', async () => {
    outside.hangs = 'findCli';
    const finder = finderOf();
    const [first, second] = [new AbortController(), new AbortController()];
    const ends = [first, second].map(({ signal }) =>
      finder.find(signal).catch((error: unknown) => (error as ModalError).kind),
    );
    await vi.waitUntil(() => outside.asked.length > 0, patience);
    first.abort();
    expect(await Promise.race([ends[0], turns()])).toBe('cancelled');
    expect(asked()).toEqual([['findCli', false]]);
    second.abort();
    expect(await Promise.race([ends[1], turns()])).toBe('cancelled');
    expect(asked()).toEqual([['findCli', true]]);
  });

  it('ends with its window', async () => {
    outside.hangs = 'findCli';
    const finder = finderOf();
    void finder.find();
    await vi.waitUntil(() => outside.asked.length > 0, patience);
    finder.dispose();
    expect(asked()).toEqual([['findCli', true]]);
  });
});

describe('what can be installed', () => {
  const services = {
    cli: {
      find: () => Promise.reject(new ModalError('cliUnsupported', 'Too old.')),
      input: () => Promise.resolve({}),
    },
    planes: { isProxied: () => Promise.resolve(false) },
    logger: silentLogger,
  } as unknown as Services;

  it.each([
    [['searchCli']],
    [['searchCli', 'upgradeOffer']],
    [['searchCli', 'upgradeOffer', 'installOffers']],
  ])('is not found out any further when the list is left: %s', async (calls) => {
    outside.hangs = calls.at(-1) ?? '';
    const leaves = new AbortController();
    begin(leaves.signal);
    const installed = installCli(services);
    await turns();
    expect(asked()).toEqual(calls.map((name) => [name, false]));
    leaves.abort();
    await installed;
    expect(asked()).toEqual(calls.map((name) => [name, true]));
  });
});

describe('the list of profiles', () => {
  it('asks nothing more whose they are when it is left', async () => {
    outside.hangs = 'identify';
    const planes = {
      profiles: () => Promise.resolve([{ name: 'one', active: true, tokenId: '', environment: '' }]),
      connection: () => Promise.resolve({ profile: 'one' }),
      identify: (_name: string, signal?: AbortSignal) => ask('identify', signal, undefined),
    };
    const left = switchProfile({ planes, config } as unknown as Services);
    await turns();
    expect(asked()).toEqual([['identify', false]]);
    lists.at(-1)?.hide();
    await left;
    expect(asked()).toEqual([['identify', true]]);
  });
});

describe('the list of environments', () => {
  it('is read no further when it is left', async () => {
    const plane = {
      listEnvironments: (signal?: AbortSignal) => ask('listEnvironments', signal, []),
    };
    const planes = { get: (signal?: AbortSignal) => ask('connect', signal, plane) };
    const leaves = new AbortController();
    begin(leaves.signal);
    outside.hangs = 'listEnvironments';
    const left = switchEnvironment({ planes, config } as unknown as Services);
    await turns();
    leaves.abort();
    await left;
    expect(asked()).toEqual([
      ['connect', true],
      ['listEnvironments', true],
    ]);
  });
});

describe('the scripts of the workspace', () => {
  const finderOf = () =>
    new ScriptFinder({} as unknown as ScriptReader, config as unknown as Config, silentLogger);

  it('are read no further once nobody looks', () => {
    const finder = finderOf();
    finder.follow(true);
    expect(asked()).toEqual([['update', false]]);
    finder.follow(false);
    expect(asked()).toEqual([['update', true]]);
    finder.dispose();
  });

  it('are read no further once their window closes, nor what has changed of them', async () => {
    vi.useFakeTimers();
    const finder = finderOf();
    finder.follow(true);
    changedFiles.fire(Uri.file('/work/a.py'));
    await vi.advanceTimersByTimeAsync(1000);
    expect(asked()).toEqual([
      ['update', false],
      ['update', false],
    ]);
    finder.dispose();
    expect(asked()).toEqual([
      ['update', true],
      ['update', true],
    ]);
  });
});

describe('the apps', () => {
  const viewOf = (connection: 'unknown' | 'ready') => {
    const parts = {
      store: {
        state: { connection, snapshot: emptySnapshot, problems: new Map(), listProblems: new Map() },
        ...{ onDidChange: disposable, readAllDetails: nothing },
        refreshOnce: (signal?: AbortSignal) => ask('refreshOnce', signal, undefined),
        refresh: (signal?: AbortSignal) => ask('refresh', signal, undefined),
      },
      config: { ...config, get: () => 10 },
      contextKeys: { set: nothing },
      arrangement: new ArrangementStore({ get: nothing, update: () => Promise.resolve(), keys: () => [] }),
      lifecycle: { onDidChange: disposable },
      profileEnvironment: () => Promise.resolve(''),
    } as unknown as AppsViewParts;
    return new AppsView(parts);
  };

  it('are read no further for a view that is hidden', async () => {
    outside.hangs = 'refreshOnce';
    const view = viewOf('unknown');
    await turns();
    expect(asked()).toEqual([['refreshOnce', false]]);
    trees.at(-1)?.hide();
    expect(asked()).toEqual([['refreshOnce', true]]);
    view.dispose();
  });

  it('are read no further for a window that closes', async () => {
    outside.hangs = 'refresh';
    const view = viewOf('ready');
    await turns();
    expect(asked()).toEqual([['refresh', false]]);
    view.dispose();
    expect(asked()).toEqual([['refresh', true]]);
  });
});
