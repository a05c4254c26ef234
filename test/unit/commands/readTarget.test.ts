import { describe, expect, it, vi } from 'vitest';
import { targetReader } from '../../../src/commands/readTarget.ts';
import { commands, targetKinds } from '../../../src/contributions.ts';
import type { App } from '../../../src/domain/app.ts';
import type { Target } from '../../../src/domain/target.ts';
import { ownTarget } from '../../../src/editor/ownTarget.ts';
import { commandTitles, registerCommands } from '../../../src/editor/command.ts';
import type { CommandTable } from '../../../src/editor/command.ts';
import manifest from '../../../package.json' with { type: 'json' };

const editor = vi.hoisted(() => ({ bodies: new Map<string, (...words: unknown[]) => unknown>() }));

vi.mock('vscode', () => {
  class Uri {
    readonly #text: string;
    constructor(text: string) {
      this.#text = text;
    }
    static parse(text: string) {
      return new Uri(text);
    }
    toString() {
      return this.#text;
    }
  }
  return {
    Uri,
    Disposable: { from: () => undefined },
    commands: {
      registerCommand: (id: string, body: (...words: unknown[]) => unknown) =>
        void editor.bodies.set(id, body),
    },
  };
});

const { Uri } = await import('vscode');
const app = { id: 'ap-1', name: 'shop' } as App;
const listed = { id: 'ap-2', name: 'hidden' } as App;
const rows = new Map<string, Target>([['app/ap-1', { kind: 'app', app }]]);
const scripts = new Map<string, Target>([['script/a.py', { kind: 'script', uri: 'file:///a.py' }]]);
const tree = (targets: ReadonlyMap<string, Target>) => ({ target: (id: string) => targets.get(id) });
const read = targetReader([tree(rows), tree(scripts)], () => [listed]);

describe('what the editor hands to a command', () => {
  it.each([
    ['a row of the Apps view', 'app/ap-1', { kind: 'app', app }],
    ['a row of the Scripts view', 'script/a.py', { kind: 'script', uri: 'file:///a.py' }],
    ['a link to an app that no row shows', 'app/ap-2', { kind: 'app', app: listed }],
    ['a row that has gone', 'app/ap-9', undefined],
    [
      'a key binding with the names of a script',
      { uri: 'a.py', variable: 'x', other: 1 },
      { kind: 'script', uri: 'a.py', variable: 'x' },
    ],
    [
      'a line of the log',
      { webview: 'logs', callId: 'fc-1' },
      { kind: 'logLine', callId: 'fc-1', containerId: '', functionId: '' },
    ],
    ['numbers in place of words', { uri: 1, callId: 2 }, undefined],
    ['data that claims to be a target', { kind: 'app', app: { id: 'x' } }, undefined],
    ['nothing', undefined, undefined],
    ['null', null, undefined],
    ['a number', 7, undefined],
  ])('%s is read as what it is', (_name, argument, expected) => {
    expect(read(argument, undefined)).toEqual(expected);
  });

  it('a file of the explorer comes with all that are selected beside it', () => {
    const [a, b] = [Uri.parse('file:///a'), Uri.parse('file:///b')];
    expect(read(a, [a, b])).toEqual({ kind: 'files', uris: ['file:///a', 'file:///b'] });
    expect(read(a, undefined)).toEqual({ kind: 'files', uris: ['file:///a'] });
    expect(read(a, ['x', 1])).toEqual({ kind: 'files', uris: ['file:///a'] });
  });

  it('a target that a button of ours passes comes back as it is', () => {
    const target = { kind: 'codeOfApp', name: 'shop', environment: 'dev' } as const;
    expect(read(ownTarget(target), undefined)).toMatchObject(target);
  });
});

describe('a command', () => {
  const told: unknown[] = [];
  const table = Object.fromEntries(
    Object.values(commands).map((id) => [id, (target: unknown) => told.push(target)]),
  ) as unknown as CommandTable;
  const failures: string[] = [];
  registerCommands(
    { ...table, [commands.stopApp]: () => Promise.reject(new Error('no')) },
    {
      read,
      title: commandTitles(manifest),
      presenter: { failure: (doing: string) => failures.push(doing) } as never,
      logger: { debug: () => undefined } as never,
    },
  );

  it('gets only what it can be about, and nothing else in its place', async () => {
    await editor.bodies.get(commands.followLogs)?.('app/ap-1');
    await editor.bodies.get(commands.followLogs)?.('script/a.py');
    await editor.bodies.get(commands.clearLogs)?.('app/ap-1');
    expect(told).toEqual([{ kind: 'app', app }, undefined, undefined]);
  });

  it('that fails is named as in the palette', async () => {
    await editor.bodies.get(commands.stopApp)?.('app/ap-1');
    expect(failures).toEqual(['Stop App']);
  });

  it('is in the manifest, and takes only kinds of targets that exist', () => {
    const contributed = new Set(manifest.contributes.commands.map(({ command }) => command));
    expect(Object.values(commands).filter((id) => !contributed.has(id))).toEqual([]);
    expect(Object.keys(targetKinds).filter((id) => !contributed.has(id))).toEqual([]);
  });
});
