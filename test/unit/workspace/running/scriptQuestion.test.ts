import { describe, expect, it } from 'vitest';
import { planUnits } from '../../../../src/features/deploy/core/planParts.ts';
import type { ScriptPlan } from '../../../../src/features/workspace/core/running/scriptProcess.ts';
import { scriptQuestion } from '../../../../src/features/workspace/core/running/scriptQuestion.ts';
import { datedRates } from '../../../../src/domain/cost.ts';
import { isWhollyRead } from '../../../../src/domain/script.ts';
import { parseScript } from '../../../../src/features/workspace/core/parseScript.ts';

const cpu = '@app.function()\ndef f(): ...\n';
const gpu = '@app.function(gpu="T4")\ndef g(): ...\n';
const entry = '@app.local_entrypoint()\ndef main(): ...\n';
const unknown = 'GPU and price: set in the script';

function question(text: string, runnable = '') {
  const read = parseScript(`import modal\n${text}`);
  const app = read.apps[0];
  const plan: ScriptPlan = {
    kind: runnable ? 'run' : 'serve',
    script: '/w/x.py',
    cwd: '/w',
    runnable,
    ...(app ? { app } : {}),
    environment: 'main',
    units: planUnits(app?.units ?? [], datedRates),
    complete: app !== undefined && isWhollyRead(app, read),
    rates: datedRates,
    args: [],
    shownArgs: [],
  };
  return scriptQuestion(plan);
}

const made = 'app = modal.App("x")\n';

describe('the question before a serve or run', () => {
  it('is asked once for code that is known to need only a CPU', () => {
    const { lines, cpuOnly } = question(made + cpu);
    expect(cpuOnly).toBe(true);
    expect(lines).toEqual([
      'CPU only: f',
      'Nothing is charged while no container runs.',
      expect.stringContaining('per core-hour'),
    ]);
  });

  it.each([
    ['no app in the text', 'from other import app\n', ''],
    ['an app whose functions are in other files', made, ''],
    ['an entry point alone', made + entry, 'main'],
  ])('is asked every time for %s', (_what, text, runnable) => {
    expect(question(text, runnable)).toEqual({ lines: [unknown], cpuOnly: false });
  });

  it('is asked every time for an app that includes others, of which nothing is claimed', () => {
    const { lines, cpuOnly } = question(`${made}app.include(other)\n${cpu}`);
    expect(cpuOnly).toBe(false);
    expect(lines).toEqual(['No GPU of their own: f', 'GPU and price of included apps: set in their code']);
    expect(question(`app = modal.App("x").include(other)\n`)).toEqual({ lines: [unknown], cpuOnly: false });
  });

  it('is about the function that is run', () => {
    expect(question(made + cpu + gpu, 'f').cpuOnly).toBe(true);
    expect(question(made + cpu + gpu, 'g').cpuOnly).toBe(false);
    expect(question(made + cpu + gpu + entry, 'main').cpuOnly).toBe(false);
    expect(question(made + cpu + gpu).cpuOnly).toBe(false);
  });
});
