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
  startedAt: 5,
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
    await kept.update('deploys', 'text');
    expect(new DeployJournal(kept).entries).toEqual([]);
  });
});
