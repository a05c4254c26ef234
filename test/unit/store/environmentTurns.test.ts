import { describe, expect, it } from 'vitest';
import type { Environment } from '../../../src/domain/app.ts';
import type { Seen, Turn } from '../../../src/store/environmentTurns.ts';
import { EnvironmentTurns, wholeTurns } from '../../../src/store/environmentTurns.ts';

const environment = (name: string, runningContainers: number | undefined = 0): Environment => ({
  name,
  isDefault: false,
  runningContainers,
  runningGpus: 0,
});

function many(count: number): Environment[] {
  return Array.from({ length: count }, (_, at) => environment(`env-${at}`));
}

/** How often each was listed in a minute of reads, ten seconds apart. */
function listedInAMinute(environments: readonly Environment[], chosen = ''): Map<string, number> {
  let now = 0;
  const turns = new EnvironmentTurns(() => now);
  const counts = new Map<string, number>();
  const read = () => {
    const due = turns.choose(environments, chosen);
    turns.noteListed(due);
    return due;
  };
  read();
  for (now = 10_000; now <= 20 * 60_000; now += 10_000) {
    const due = read();
    if (now > 19 * 60_000)
      for (const {
        environment: { name },
      } of due)
        counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

const namesOf = (turns: readonly Turn[]) => turns.map(({ environment: { name } }) => name);
const sum = (counts: Map<string, number>) => [...counts.values()].reduce((a, b) => a + b, 0);

describe('turns of environments', () => {
  it('lists all of them at first', () => {
    expect(new EnvironmentTurns().choose(many(50), '')).toHaveLength(50);
  });

  it('costs at most 30 lists a minute for 50 of them, of which one is worked in and one is busy', () => {
    const environments = [...many(48), environment('chosen'), environment('busy', 3)];
    const counts = listedInAMinute(environments, 'chosen');
    expect(counts.get('chosen')).toBe(6);
    expect(counts.get('busy')).toBe(6);
    expect(sum(counts)).toBeLessThanOrEqual(30);
  });

  it('forgets none: each of 200 quiet ones is listed again', () => {
    let now = 0;
    const turns = new EnvironmentTurns(() => now);
    const environments = many(200);
    turns.noteListed(turns.choose(environments, ''));
    const seen = new Set<string>();
    for (; now <= 40 * 60_000; now += 10_000) {
      const due = turns.choose(environments, '');
      turns.noteListed(due);
      for (const {
        environment: { name },
      } of due)
        seen.add(name);
    }
    expect(seen.size).toBe(200);
  });

  it('lists a small account as often as ever where something runs', () => {
    const counts = listedInAMinute([environment('main', 1), environment('dev'), environment('test')]);
    expect(Object.fromEntries(counts)).toEqual({ main: 6, dev: 2, test: 2 });
  });

  it('lists at once where the number of containers has changed', () => {
    const turns = new EnvironmentTurns(() => 0);
    const environments = many(50);
    turns.noteListed(wholeTurns(environments));
    const changed = environments.with(31, environment('env-31', 1)).with(7, environment('env-7', 2));
    expect(namesOf(turns.choose(changed, ''))).toEqual(['env-7', 'env-31']);
    turns.noteListed(wholeTurns(changed));
    const ended = changed.with(31, environment('env-31', 0));
    expect(namesOf(turns.choose(ended, ''))).toContain('env-31');
  });

  it('takes an unknown number of containers for some', () => {
    const unknown: Environment = { name: 'old-server', isDefault: false };
    expect(listedInAMinute([unknown, ...many(3)]).get('old-server')).toBe(6);
  });

  const none: ReadonlySet<string> = new Set();

  /** For each of 13 reads, ten seconds apart, whether sandboxes and endpoints of an environment are asked for. */
  function besideIn(environments: readonly Environment[], name: string, seen?: Seen): string[] {
    let now = 0;
    const turns = new EnvironmentTurns(() => now);
    turns.noteListed(wholeTurns(environments));
    const asked: string[] = [];
    for (now = 10_000; now <= 120_000; now += 10_000) {
      const due = turns.choose(environments, 'chosen', seen);
      turns.noteListed(due);
      const turn = due.find((each) => each.environment.name === name);
      asked.push(`${turn?.sandboxes ? 's' : ''}${turn?.endpoints ? 'e' : ''}`);
    }
    return asked;
  }

  it.each([
    ['a small account', [environment('chosen')], 'chosen'],
    ['the environment that is worked in', [...many(49), environment('chosen')], 'chosen'],
    ['one where containers run', [...many(48), environment('chosen'), environment('busy', 3)], 'busy'],
  ])('looks for sandboxes and endpoints once within each minute where there are none: %s', (_, all, name) => {
    const asked = besideIn(all, name);
    expect(asked).toEqual(['', '', '', '', 'se', '', '', '', '', 'se', '', '']);
  });

  it('looks at sandboxes and endpoints each time where there are some, in a small account', () => {
    const all = [environment('chosen')];
    const known = new Set(['chosen']);
    const only = (seen: Partial<Seen>) =>
      besideIn(all, 'chosen', { sandboxes: none, endpoints: none, ...seen });
    expect(only({ sandboxes: known })).toSatisfy((asked: string[]) =>
      asked.every((each) => each.includes('s')),
    );
    expect(only({ endpoints: known })).toSatisfy((asked: string[]) =>
      asked.every((each) => each.includes('e')),
    );
  });

  it('looks for a sandbox at once where a container more or less runs', () => {
    const turns = new EnvironmentTurns(() => 0);
    turns.noteListed(wholeTurns([environment('main', 1)]));
    expect(turns.choose([environment('main', 2)], 'main')).toMatchObject([
      { sandboxes: true, endpoints: true },
    ]);
  });

  it('lists a new environment at the next read', () => {
    const turns = new EnvironmentTurns(() => 0);
    turns.noteListed(wholeTurns(many(20)));
    expect(namesOf(turns.choose([...many(20), environment('new')], ''))).toEqual(['new']);
  });
});
