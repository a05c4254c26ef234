import { describe, expect, it } from 'vitest';
import { hoveredAt } from '../../../../src/features/doctor/core/help/hover.ts';
import type { DeployedNow } from '../../../../src/features/doctor/core/help/hoverText.ts';
import { hoverText } from '../../../../src/features/doctor/core/help/hoverText.ts';
import { datedRates } from '../../../../src/domain/cost.ts';

const now = Date.parse('2026-11-30T20:17:31Z');
const head = `import modal as m
from modal import Cron as C

app = m.App("shop")
GPU = "L4:2"

`;

function shown(
  body: string,
  deployed?: readonly DeployedNow[],
  { rates = datedRates, before = head } = {},
): string | undefined {
  const marked = before + body;
  const at = marked.indexOf('|', before.length);
  const hovered = hoveredAt(marked.slice(0, at) + marked.slice(at + 1), at, rates, now);
  if (!hovered) return undefined;
  const world = {
    rates,
    now,
    localZone: 'Asia/Kolkata',
    deployed: () => deployed,
    command: 'modalGpu.openDashboard',
  };
  // As a person reads it: what is escaped in Markdown is itself.
  return hoverText(hovered, world).source.replace(/\\(?=[!-/:-@[-`{-~])/g, '');
}

const unit = (args: string, below = 'def f(): ...\n') => `@app.fun|ction(${args})\n${below}`;

describe('over a schedule', () => {
  it('is a sentence with the next three times, in its zone and in the local one', () => {
    expect(shown('@app.function(schedule=C("0 9 | * * 1-5"))\ndef f(): ...\n')).toBe(
      [
        '**At 09:00, Monday through Friday** (UTC)',
        '',
        '| Next in UTC | In Asia/Kolkata |',
        '| --- | --- |',
        '| Tue, Dec 1, 2026, 09:00 | Tue, Dec 1, 2026, 14:30 |',
        '| Wed, Dec 2, 2026, 09:00 | Wed, Dec 2, 2026, 14:30 |',
        '| Thu, Dec 3, 2026, 09:00 | Thu, Dec 3, 2026, 14:30 |',
      ].join('\n'),
    );
  });

  it('is in the zone that is given, also by place', () => {
    expect(shown('x = m.Cron("0 9 * * *", "Europe/|Berlin")\n')).toMatch(/Tue, Dec 1, 2026, 13:30/);
    expect(shown('x = m.Cron("0 9 * * *", timezone=zone|)\n')).toMatch(
      /Only running the file would tell the time zone/,
    );
    expect(shown('x = m.Cron("0 9 * * *", timezone="Nowhere|/At")\n')).toMatch(
      /Nowhere\/At is not known here/,
    );
  });

  it('says of a period that it counts from each deploy', () => {
    expect(shown('@app.function(schedule=m.Period(hours=2|))\ndef f(): ...\n')).toMatch(
      /^\*\*Every 2 hours\*\*, counted from each deploy/,
    );
    expect(shown('x = m.Period(hours=n|)\n')).toMatch(/Only running the file/);
  });

  it.each([
    'x = Cron("0 9 | * * *")\n',
    'def f(C):\n    C("0 9 | * * *")\n',
    '# C("0 9 | * * *")\n',
    'x = C(cron|)\n',
  ])('is nothing by the text alone: %j', (body) => {
    expect(shown(body)).toBeUndefined();
  });
});

describe('over a decorator', () => {
  it('adds up what one container costs, and says where the prices are from', () => {
    // 2 x 0.80 + 2 x 0.0473 + 2 x 0.008
    const words = shown(unit('gpu=GPU, cpu=2, memory=(2048, 4096)'));
    expect(words).toMatch(
      /^\*\*\$1\.71\/h\*\* while one container runs:\n\n- L4:2: \$1\.60\/h\n- 2 cores and 2 GiB: \$0\.11\/h\n/,
    );
    expect(words).toMatch(/Prices of 2026-10-04, before credits\./);
  });

  it('has Modal’s own least where nothing is asked for', () => {
    expect(shown(unit(''))).toMatch(
      /^\*\*\$0\.0069\/h\*\*.*\n\n- 0\.125 cores and 0\.125 GiB: \$0\.0069\/h\n/,
    );
  });

  it('has a price for each of several choices and no sum', () => {
    expect(shown(unit('gpu=["H100", "A100-80GB"]'))).toMatch(
      /^Price of one container:\n\n- H100: \$3\.95\/h or A100-80GB: \$2\.50\/h\n/,
    );
  });

  it.each([
    ['a GPU of the code', 'gpu=which()', /GPU unknown: price unknown/],
    ['a GPU that Modal does not sell', 'gpu="X1"', /- X1: price unknown/],
    ['options from elsewhere', '**options', /Cores or memory set by the code: price unknown/],
    [
      'cores of the code',
      'gpu="L4", cpu=cores',
      /Price of one container:\n\n- L4: \$0\.80\/h\n- Cores or memory set/,
    ],
  ])('says unknown of %s', (_, args, words) => {
    expect(shown(unit(args))).toMatch(words);
  });

  it('says unknown where the rates lack one', () => {
    const rates = { ...datedRates, usdPerHour: { gpu_hour_cost_l4: 0.8 } };
    expect(shown(unit('gpu="L4"'), [], { rates })).toMatch(/GiB: price unknown/);
  });

  it('names what adds to the price', () => {
    expect(shown(unit('region="us", nonpreemptible=True'))).toMatch(
      /^\*\*More than \$0\.0069\/h\*\*[^]*region= and nonpreemptible= add to this price/,
    );
    expect(shown(unit('nonpreemptible=False'))).not.toMatch(/this price/);
  });

  it('tells what is deployed under its name, with a link that carries data only', () => {
    const details = {
      appId: 'ap-1',
      functions: [{ id: 'fu-1', tag: 'g', kind: 'function', gpus: [], endpoints: [] }],
    } as const;
    const deployed: DeployedNow = {
      ...{ environment: 'main', version: 12, deployedAt: now - 3 * 3_600_000, rowId: 'app/ap-1)](x' },
      details,
    };
    expect(shown(unit(''), [deployed])).toMatch(
      /Deployed in main: v12, 3 hours ago, without this · \[Open shop\]\(command:modalGpu\.openDashboard\?%5B%22app%2Fap-1%29%5D%28x%22%5D\)$/,
    );
    expect(shown(unit('name="g"'), [deployed])).toMatch(/3 hours ago · \[/);
    expect(shown(unit(''), [{ ...deployed, version: undefined, deployedAt: undefined }])).toMatch(
      /version unknown, at an unknown time/,
    );
  });

  it('tells what is not deployed from what was not read', () => {
    expect(shown(unit(''), [])).toMatch(/shop was not deployed when the apps were last read\.$/);
    expect(shown(unit(''), undefined)).toMatch(/not all apps were read in this window yet\.$/);
  });

  it('says nothing of an app that another file names', () => {
    expect(shown(unit(''), [], { before: 'import modal\nfrom shop import app\n\n' })).not.toMatch(/deployed/);
  });

  it('is only over its own name, and not over arguments or the function', () => {
    expect(shown('@app.function(gpu=G|PU)\ndef f(): ...\n')).toBeUndefined();
    expect(shown('@app.function()\ndef f|(): ...\n')).toBeUndefined();
    expect(shown('@ot|her.route()\ndef f(): ...\n')).toBeUndefined();
  });

  it('draws words of the file as words', () => {
    const before = 'import modal\n\napp = modal.App("[x](command:evil) $(bug) <b>")\n\n';
    const marked = `${before}@app.function(gpu="[y](command:evil)")\ndef f(): ...\n`;
    const hovered = hoveredAt(marked, before.length + 5, datedRates, now)!;
    const { source } = hoverText(hovered, {
      ...{ rates: datedRates, now, localZone: 'UTC', command: 'modalGpu.openDashboard', deployed: () => [] },
    });
    expect(source).not.toMatch(/(?<!\\)\[|(?<!\\)\$\(|(?<!\\)</);
  });
});

it('is found in a file that is half typed', () => {
  expect(shown('@app.fun|ction(gpu="L4")\ndef f(:\n')).toMatch(/L4: \$0\.80\/h/);
});
