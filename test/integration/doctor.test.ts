import { beforeAll, describe, expect, it } from 'vitest';
import { diagnose } from '../../src/features/doctor/core/diagnose.ts';
import { newestKnown } from '../../src/features/doctor/core/version.ts';
import { rules } from '../../src/features/doctor/core/rules.ts';
import { ensurePython } from '../../scripts/python.ts';
import type { Said } from './doctor/samples.ts';
import { mended as mendedFiles } from './doctor/mended.ts';
import { askModal, fixed, hits, misses } from './doctor/samples.ts';

/** What modal says only later: at a call, at a build, or not at all. */
const later = new Set([
  'class-context',
  'app-attribute',
  'python-version',
  'python-version-unsupported',
  'update-autoscaler',
]);

describe('the installed modal and the doctor', () => {
  const mended = [
    ...fixed(newestKnown),
    ...Object.entries(mendedFiles).map(([id, { after }]) => ({ id, text: after })),
  ];
  let said: Map<string, Said>;

  beforeAll(async () => {
    said = await askModal(await ensurePython(), [...hits, ...misses, ...mended]);
  });

  it('refuses what the doctor calls an error, and warns of what it calls deprecated', () => {
    const differing = rules
      .filter(({ code, history }) => !later.has(code) && !history.refusedByServer && !history.hint)
      .filter(({ code, examples }) => {
        const answer = said.get(`${code}/hit`);
        const severities = diagnose(examples.hit, newestKnown).map(({ severity }) => severity);
        const isError = severities.includes('error');
        return isError
          ? answer?.outcome !== 'fails'
          : answer?.outcome !== 'ok' || answer.warnings.length === 0;
      });
    expect(differing.map(({ code }) => [code, said.get(`${code}/hit`)])).toEqual([]);
  });

  it('takes every look-alike without a word', () => {
    const refused = misses.filter(
      ({ id }) => said.get(id)?.outcome !== 'ok' || said.get(id)?.warnings.length !== 0,
    );
    expect(refused.map(({ id }) => [id, said.get(id)])).toEqual([]);
  });

  it('takes every fixed file without a word', () => {
    expect(mended.length).toBeGreaterThan(15);
    const refused = mended.filter(
      ({ id }) => said.get(id)?.outcome !== 'ok' || said.get(id)?.warnings.length !== 0,
    );
    expect(refused.map(({ id, text }) => [id, text, said.get(id)])).toEqual([]);
  });
});
