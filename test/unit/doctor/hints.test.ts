import { describe, expect, it } from 'vitest';
import { diagnose } from '../../../src/features/doctor/core/diagnose.ts';
import { datedRates } from '../../../src/domain/cost.ts';

const said = (args: string, rates = true) =>
  diagnose(
    `import modal\n\napp = modal.App("a")\n\n\n@app.function(${args})\ndef f(): ...\n`,
    '1.6.4',
    rates ? datedRates : undefined,
  ).map(({ message }) => message.split('. ')[0]);

describe('hints about money', () => {
  it('say what a warm GPU costs a day, by its count and the number of containers', () => {
    // 2 containers x 2 GPUs x 3.95 USD x 24 h
    expect(said('gpu="H100:2", min_containers=2, max_containers=3')).toEqual([
      'Modal charges for 2 containers with H100:2, used or not, all day ($379.20 for the GPU)',
    ]);
  });

  it('say what one idle window and a call that hangs cost', () => {
    // 0.80 USD x 1200 s, and x 24 h
    expect(said('gpu="L4", scaledown_window=1200, timeout=86400, max_containers=1')).toEqual([
      'After the last call the GPU is charged for 20 idle minutes: $0.27',
      'A call that hangs is charged for 24 hours: $19.20',
    ]);
  });

  it.each([
    ['size=4', ': $76.80'],
    ['4', ': $76.80'],
    ['size=NODES', ''],
  ])('count every container of a clustered function: %s', (args, amount) => {
    const text = `import modal\n\napp = modal.App("a")\n\n\n@app.function(gpu="L4", timeout=86400, max_containers=4)\n@modal.clustered(${args})\ndef f(): ...\n`;
    // 0.80 USD x 24 h x 4
    expect(diagnose(text, '1.6.4', datedRates).map(({ message }) => message.split('. ')[0])).toEqual([
      `A call that hangs is charged for 24 hours${amount}`,
    ]);
  });

  it('name no amount without prices', () => {
    expect(said('gpu="L4", min_containers=1, max_containers=1', false)).toEqual([
      'Modal charges for 1 container with L4, used or not, all day',
    ]);
  });

  it.each(['gpu=GPU, min_containers=1', 'gpu="L4", **OPTIONS', 'min_containers=1', 'gpu=None'])(
    'are silent where the file does not tell: %s',
    (args) => {
      expect(said(args)).toEqual([]);
    },
  );
});
