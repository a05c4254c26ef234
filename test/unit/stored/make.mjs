/**
 * Makes what version 0.7.0 keeps, with the classes of 0.7.0 in plain Node; see README.md. Only the editor's own storage is
 * a stand-in that notes what it is given.
 *
 * node make.mjs <checkout of 0.7.0> <file to write>
 */
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import * as put from './putIn.mjs';

const [checkout = '', target = ''] = process.argv.slice(2);
const load = (file) => import(path.resolve(checkout, 'src', file));

const [{ SavedDrafts }, { KeyedFiles }, { RequestHistory }, { DeployJournal }] = await Promise.all(
  [
    'ui/requests/savedDrafts.ts',
    'requests/keyedFiles.ts',
    'requests/history/history.ts',
    'deploy/journal.ts',
  ].map(load),
);
const [{ ChoiceMemory }, { ArrangementStore }, { EndpointKeys }, { endpointKeyName }, { storeSnapshot }] =
  await Promise.all(
    [
      'ui/deploy/choiceMemory.ts',
      'ui/trees/arrangementStore.ts',
      'platform/endpointKeys.ts',
      'requests/keys.ts',
      'store/snapshot.ts',
    ].map(load),
  );

/** The editor writes JSON. */
function memento() {
  const kept = {};
  return {
    kept,
    get: (key, instead) => kept[key] ?? instead,
    update: async (key, value) => void (kept[key] = JSON.parse(JSON.stringify(value))),
    store: async (key, value) => void (kept[key] = value),
  };
}

const folder = await mkdtemp(path.join(os.tmpdir(), 'stored-'));
const [workspaceState, globalState, secrets] = [memento(), memento(), memento()];
const logger = { warn: (message) => console.error(message) };

const drafts = new SavedDrafts(new KeyedFiles(path.join(folder, 'drafts'), 100), secrets, logger);
for (const { target: of, auth, entries, last } of put.sessions) {
  await drafts.read(of.endpoint.url);
  await drafts.write(of.endpoint.url, { target: of, entry: last, auth, drafts: entries });
}

const history = new RequestHistory(path.join(folder, 'requestHistory'));
for (const { sent, app } of put.history) await history.add(sent, app);

const journal = new DeployJournal(workspaceState);
for (const entry of put.deploys) await journal.write(entry);

const choices = new ChoiceMemory(workspaceState);
for (const plan of put.plans) await choices.keep(plan);
new ArrangementStore(workspaceState).change(put.arrangement);
// The next ones are written by commands, each in one line that does nothing else.
for (const [key, value] of Object.entries(put.workspaceMemory)) await workspaceState.update(key, value);
for (const [key, value] of Object.entries(put.globalMemory)) await globalState.update(key, value);
await globalState.update(put.snapshotKey, storeSnapshot(put.snapshot));

const keys = new EndpointKeys(secrets, async () => put.account);
for (const { environment, of, value } of put.keys) await keys.store(endpointKeyName(environment, of), value);

const files = {};
for (const name of (await readdir(folder, { recursive: true })).sort())
  if (name.endsWith('.json')) files[name] = await readFile(path.join(folder, name), 'utf8');
const kept = {
  files,
  workspaceState: workspaceState.kept,
  globalState: globalState.kept,
  secrets: secrets.kept,
};
await writeFile(target, `${JSON.stringify(kept, null, 2)}\n`);
await rm(folder, { recursive: true });
