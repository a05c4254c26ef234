import { describe, expect, it } from 'vitest';
import { DeployJournal } from '../../../src/deploy/journal.ts';

/** As the editor keeps it: through JSON. */
function memory() {
  const kept = new Map<string, string>();
  return {
    get: (key: string) => (kept.has(key) ? (JSON.parse(kept.get(key)!) as unknown) : undefined),
    update: (key: string, value: unknown) => Promise.resolve(void kept.set(key, JSON.stringify(value))),
  };
}

const entry = {
  id: 'one',
  account: 'a',
  title: 'FinBERT',
  appName: 'finbert-analyst',
  environment: 'main',
  startedAt: Date.now(),
};

describe('the journal of deploys', () => {
  it('is there for the next window', async () => {
    const kept = memory();
    const journal = new DeployJournal(kept);
    await journal.write(entry);
    await journal.write({ ...entry, pid: 12 });
    expect(new DeployJournal(kept).entries).toEqual([{ ...entry, pid: 12 }]);
    await journal.remove('one');
    expect(new DeployJournal(kept).entries).toEqual([]);
  });

  it('takes nothing that it cannot read', async () => {
    const kept = memory();
    await kept.update('deploys', [{ other: 1 }, entry, null]);
    expect(new DeployJournal(kept).entries).toEqual([entry]);
    await kept.update('deploys', [
      { ...entry, account: 7 },
      { ...entry, environment: undefined },
    ]);
    expect(new DeployJournal(kept).entries).toEqual([]);
    await kept.update('deploys', 'text');
    expect(new DeployJournal(kept).entries).toEqual([]);
  });

  it('knows entries of 0.7.0 by their account, whatever token they were made with', async () => {
    const kept = memory();
    const old = { ...entry, account: 'snapshot:https://api.modal.com:443:my-team:0123456789ab' };
    await kept.update('deploys', [old, { ...old, account: 'https://api.modal.com:443#my-team' }]);
    expect(new DeployJournal(kept).entries.map(({ account }) => account)).toEqual([
      'https://api.modal.com:443|my-team',
      'https://api.modal.com:443#my-team',
    ]);
  });

  it('forgets what was cut off more than a week ago', async () => {
    const kept = memory();
    const day = 24 * 60 * 60_000;
    const [old, young] = [
      { ...entry, id: 'old' },
      { ...entry, id: 'young', startedAt: entry.startedAt + day },
    ];
    await kept.update('deploys', [old, young]);
    expect(new DeployJournal(kept, entry.startedAt + 7 * day).entries).toEqual([young]);
  });
});
