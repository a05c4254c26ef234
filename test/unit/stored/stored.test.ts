/** What 0.7.0 has kept, made by its own code (0.7.0/README.md), read by today's. */
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { addressKeyName, appKeyName, secretKeyName } from '../../../src/domain/keyNames.ts';
import { EndpointKeys } from '../../../src/editor/endpointKeys.ts';
import { ArrangementStore } from '../../../src/features/apps/ui/arrangementStore.ts';
import { DeployJournal } from '../../../src/features/deploy/core/journal.ts';
import { ChoiceMemory } from '../../../src/features/deploy/ui/choiceMemory.ts';
import { isPlan } from '../../../src/features/loadTest/core/limits.ts';
import { parseLook } from '../../../src/features/logs/messages.ts';
import { KeyedFiles } from '../../../src/features/requests/core/keyedFiles.ts';
import { SavedDrafts } from '../../../src/features/requests/ui/savedDrafts.ts';
import { RequestHistory } from '../../../src/features/savedRequests/core/history/history.ts';
import { replayOf } from '../../../src/features/savedRequests/core/history/entry.ts';
import { silentLogger } from '../../../src/shared/logger.ts';
import { moveFolder } from '../../../src/shared/files/moveFolder.ts';
import { isTextRecord, isTexts, readMemory } from '../../../src/shared/memory.ts';
import { loadSnapshot } from '../../../src/store/snapshot.ts';
import { memento } from '../support/memento.ts';
import { secretStorage } from '../support/secretStorage.ts';
import * as put from './putIn.mjs';

vi.mock('vscode', () => import('../support/editor.ts'));

interface Kept {
  readonly files: Readonly<Record<string, string>>;
  readonly workspaceState: Record<string, unknown>;
  readonly globalState: Record<string, unknown>;
  readonly secrets: Readonly<Record<string, string>>;
}

let folder: string;
let kept: Kept;
const aside: string[] = [];
const onAside = (file: string) => void aside.push(file);

beforeEach(async () => {
  aside.length = 0;
  const root = await mkdtemp(path.join(os.tmpdir(), 'stored-'));
  const text = await readFile(new URL('0.7.0/state.json', import.meta.url), 'utf8');
  kept = JSON.parse(text) as Kept;
  for (const [name, content] of Object.entries(kept.files)) {
    const file = path.join(root, 'before', name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, content);
  }
  // Where today's version keeps them, as `WorkspaceStorage` takes them over.
  folder = path.join(root, 'now');
  for (const name of ['drafts', 'requestHistory'])
    moveFolder(path.join(root, 'before', name), path.join(folder, name));
});
afterEach(() => rm(path.dirname(folder), { recursive: true }));

function secretsOf070() {
  const storage = secretStorage();
  for (const [name, value] of Object.entries(kept.secrets)) storage.kept.set(name, value);
  return {
    ...storage,
    delete: (name: string) => {
      storage.kept.delete(name);
      return Promise.resolve();
    },
  };
}

const files = () => new KeyedFiles(path.join(folder, 'drafts'), 100, onAside);

it.each(put.sessions.map((session) => [session.target.app.name, session] as const))(
  'a draft of 0.7.0 (%s) is read with all its entries and its credentials',
  async (_, { target, auth, entries, last }) => {
    const drafts = new SavedDrafts(files(), secretsOf070(), silentLogger);
    expect(await drafts.read(target.endpoint.url)).toEqual({ target, auth, entry: last, drafts: entries });
    expect(aside).toEqual([]);
  },
);

it('the drafts of 0.7.0 that hold a credential lie sealed, and are read again after the next write', async () => {
  const { target, entries } = put.sessions[1]!;
  const secrets = secretsOf070();
  const drafts = new SavedDrafts(files(), secrets, silentLogger);
  const session = await drafts.read(target.endpoint.url);
  await drafts.write(target.endpoint.url, session!);
  const next = await new SavedDrafts(files(), secrets, silentLogger).read(target.endpoint.url);
  expect(next?.drafts).toEqual(entries);
  expect(Object.values(kept.files).join('')).not.toContain('sk-invented');
});

it('the history of 0.7.0 is read whole, in order, and can be sent again', async () => {
  const { entries, broken } = await new RequestHistory(path.join(folder, 'requestHistory')).read();
  expect(broken).toEqual([]);
  const sent = put.history.toReversed();
  expect(entries.map(({ at, request }) => [at, request.url, request.method])).toEqual(
    sent.map(({ sent: { at, spec } }) => [at, spec.url, spec.method]),
  );
  expect(entries.map(({ app }) => app)).toEqual(sent.map(({ app }) => app));
  const [withKey, parts, large, ...small] = entries;
  expect(withKey?.request.body).toMatchObject({
    kind: 'hash',
    redacted: '{"password":"…"}',
  });
  expect(withKey?.answer).toMatchObject({ status: 401, statusText: 'Unauthorized' });
  expect(parts).toMatchObject({ failure: 'The server closed the connection.' });
  expect(replayOf(parts!)).toEqual(sent[1]?.sent.spec);
  expect(replayOf(large!)).toEqual(sent[2]?.sent.spec);
  expect(large?.answer).toMatchObject({ size: 70_000, body: { kind: 'hash', size: 70_000 } });
  expect(large?.answer?.cut?.text).toBe('Cut after 10 s');
  expect(small.map(({ answer }) => [answer?.body, answer?.timing, answer?.callId, answer?.headers])).toEqual(
    sent
      .slice(3)
      .map(({ sent: { result } }) => [
        { kind: 'text', text: result?.body },
        result?.timing,
        result?.callId,
        result?.headers,
      ]),
  );
});

it('the deploys that 0.7.0 had under way are read, for the account as it is named now', async () => {
  const memory = memento(kept.workspaceState);
  const journal = new DeployJournal(
    () => path.join(folder, 'deploys'),
    memory,
    () => put.startedAt + 1,
  );
  const wanted = put.deploys.map((entry) => ({ ...entry, account: put.account }));
  expect(await journal.entries()).toEqual(wanted);
  expect(await journal.entries()).toEqual(wanted);
  expect(memory.keys().filter((key) => key.startsWith('deploys'))).toEqual([]);
  expect(await readdir(path.join(folder, 'deploys'))).toHaveLength(2);
});

it('the choices of deploys, the filter and the order of 0.7.0 are read', () => {
  const memory = memento(kept.workspaceState);
  const choices = new ChoiceMemory(memory);
  for (const { appName, environment, gpu, values } of put.plans)
    expect(choices.get(appName, environment)).toEqual({
      ...(gpu ? { gpu: gpu.name } : {}),
      settings: values,
    });
  const { filter, ...order } = put.arrangement;
  expect(new ArrangementStore(memory).current).toEqual({ ...order, filter: { ...filter, functions: false } });
});

it('what commands of 0.7.0 kept under a key is what today’s readers of that key take', () => {
  const [memory, all] = [memento(kept.workspaceState), memento(kept.globalState)];
  const { 'loadTest.plan': plan, cpuConfirmed, ...rest } = put.workspaceMemory;
  expect(readMemory(memory, 'loadTest.plan', isPlan)).toEqual(plan);
  expect(readMemory(memory, 'cpuConfirmed', isTexts)).toEqual(cpuConfirmed);
  const run = 'modalGpu.run/größe.py::main';
  expect(readMemory(memory, run, isTextRecord)).toEqual(rest[run]);
  expect(parseLook(all.get('logs.look'))).toEqual(put.globalMemory['logs.look']);
  expect(memory.keys().filter((key) => key.endsWith('.broken'))).toEqual([]);
});

it('rows of the Apps view of 0.7.0 are not shown: Modal is asked', () => {
  expect(kept.globalState[put.snapshotKey]).toBeDefined();
  expect(loadSnapshot(kept.globalState[put.snapshotKey])).toBeUndefined();
});

it('keys that 0.7.0 kept for secrets, apps and addresses are found, over TLS only where they go by host', async () => {
  const secrets = secretsOf070();
  const keys = new EndpointKeys(secrets, {
    account: () => Promise.resolve(put.account),
    secretNames: () => Promise.resolve(new Set(['llm'])),
  });
  const address = 'other.example:8443';
  expect(await keys.get(addressKeyName(`http://${address}/x`))).toBeUndefined();
  const names = [
    secretKeyName('main', 'llm'),
    appKeyName('prod', 'vllm'),
    addressKeyName(`https://${address}/x`),
  ];
  for (const round of ['moved', 'moved before']) {
    const found = await Promise.all(names.map((name) => keys.get(name)));
    expect(found, round).toEqual(put.keys.map(({ value }) => value));
  }
});
