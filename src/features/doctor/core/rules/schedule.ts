import type { Rule } from '../rule.ts';
import type { Check, Hit } from './check.ts';

const scheduled = (schedule: string) => `import modal

app = modal.App("example")


@app.function(schedule=${schedule})
def f():
    pass
`;

const cron: Rule = {
  code: 'cron',
  what: 'This cron',
  advice: 'It needs five fields: minute, hour, day of the month, month, day of the week.',
  history: { refusedByServer: true },
  examples: {
    hit: scheduled('modal.Cron("0 9 * *")'),
    miss: scheduled('modal.Cron("*/15 9-17 * * 1-5", timezone="Europe/Berlin")'),
  },
};

const period: Rule = {
  code: 'period',
  what: 'modal.Period with a value that has no name',
  advice: 'Name it, as in modal.Period(hours=1).',
  history: { failsSince: 'always' },
  examples: { hit: scheduled('modal.Period(5)'), miss: scheduled('modal.Period(hours=5)') },
};

const ranges: readonly (readonly [number, number])[] = [
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12],
  [0, 7],
];

/** When functions run by themselves. */
export const schedules: Check = {
  rules: [cron, period],
  *run({ file, calls }): Generator<Hit> {
    for (const { callee, args } of calls) {
      const [first] = args;
      if (!first) continue;
      const { from, to } = first.value;
      if (callee === 'modal.Period' && first.name === undefined && !first.unpacked)
        yield { rule: period, from, to };
      if (callee !== 'modal.Cron') continue;
      const value = file.valueOf(first.value);
      if (typeof value !== 'string') continue;
      const trouble = cronTrouble(value);
      if (trouble) yield { rule: cron, from, to, detail: trouble };
    }
  },
};

/** @returns what is wrong with a cron, to be followed by "fails …"; names such as `MON` are let pass */
function cronTrouble(text: string): string | undefined {
  const fields = text.trim().split(/\s+/);
  if (fields.length !== 5) return `A cron with ${fields.length} fields`;
  for (const [at, field] of fields.entries()) {
    const [least, most] = ranges[at] ?? [0, 0];
    for (const number of field.replace(/\/\d+/g, '').match(/\d+/g) ?? [])
      if (Number(number) < least || Number(number) > most) return `A cron with ${number} in field ${at + 1}`;
  }
  return undefined;
}
