import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { entryText } from '../../../src/domain/logEntry.ts';
import { mergedSession } from '../../../src/features/logs/core/mergedSession.ts';
import type { SessionStatus } from '../../../src/features/logs/core/session.ts';
import { LogSession } from '../../../src/features/logs/core/session.ts';
import { line } from './support.ts';

const live: SessionStatus = { words: 'Live', icon: '', bad: false };
const followed = (name: string) => new LogSession(`follow/${name}`, name, live);
const statusOf = (all: readonly SessionStatus[]): SessionStatus => ({
  ...live,
  words: `${all.filter(({ ended }) => !ended).length} of ${all.length} live`,
});
const texts = ({ buffer }: LogSession) => [...buffer.entries()].map(entryText);

async function until(isSo: () => boolean): Promise<void> {
  for (let turns = 0; !isSo() && turns < 10_000; turns++) await turn();
}

describe('a merged log', () => {
  it('says so when one of its logs was closed', () => {
    const [a, b] = [followed('a'), followed('b')];
    const merged = mergedSession([a, b], statusOf);
    expect(merged.status.words).toBe('2 of 2 live');
    a.dispose();
    expect(merged.status.words).toBe('1 of 2 live');
    merged.dispose();
    b.dispose();
  });

  it('goes on with one that was followed anew', async () => {
    const [a, b] = [followed('a'), followed('b')];
    a.buffer.add(line('a1', { time: 1 }));
    b.buffer.add(line('b2', { time: 2 }));
    const merged = mergedSession([a, b], statusOf);
    await until(() => merged.buffer.size === 2);
    a.dispose();
    const again = followed('a');
    again.buffer.add(line('a1', { time: 1 }));
    merged.traits.replaceStream?.(again);
    expect(merged.status.words).toBe('2 of 2 live');
    expect(merged.traits.streams).toEqual([again, b]);
    again.buffer.add(line('a3', { time: 3 }));
    a.buffer.add(line('of the old one', { time: 4 }));
    await until(() => texts(merged).includes('a3'));
    expect(texts(merged)).toEqual(['a1', 'b2', 'a3']);
    const { buffer, traits } = merged;
    expect([0, 1, 2].map((at) => traits.streamOf?.(buffer.rowAt(buffer.first + at)))).toEqual([0, 1, 0]);
    again.setStatus({ ...live, ended: true });
    expect(merged.status.words).toBe('1 of 2 live');
    merged.traits.replaceStream?.(followed('c'));
    expect(merged.traits.streams).toHaveLength(2);
    merged.dispose();
  });
});
