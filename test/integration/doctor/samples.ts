import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { applyEdits, editsOfAll } from '../../../src/features/doctor/core/applyFixes.ts';
import { diagnose } from '../../../src/features/doctor/core/diagnose.ts';
import { rules } from '../../../src/features/doctor/core/rules.ts';

export interface Sample {
  readonly id: string;
  readonly text: string;
}

/** What a release of `modal` said to a file. */
export interface Said {
  readonly outcome: 'ok' | 'fails';
  readonly words: string;
  readonly warnings: readonly string[];
}

export const hits: readonly Sample[] = rules.map(({ code, examples }) => ({
  id: `${code}/hit`,
  text: examples.hit,
}));
export const misses: readonly Sample[] = rules.map(({ code, examples }) => ({
  id: `${code}/miss`,
  text: examples.miss,
}));

/** The hits that a fix mends, as they are afterwards. */
export function fixed(version: string): Sample[] {
  return rules.flatMap(({ code, examples: { hit } }) => {
    const found = diagnose(hit, version);
    if (!found.some(({ fix }) => fix)) return [];
    return [{ id: `${code}/fixed`, text: applyEdits(hit, editsOfAll(found)) }];
  });
}

/** Imports the samples with the `modal` of an interpreter. */
export async function askModal(python: string, samples: readonly Sample[]): Promise<Map<string, Said>> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'doctor-'));
  try {
    const file = path.join(folder, 'samples.json');
    await writeFile(file, JSON.stringify(samples));
    const probe = path.join(import.meta.dirname, 'probe.py');
    const { stdout } = await promisify(execFile)(python, ['-B', probe, file], {
      maxBuffer: 1 << 24,
      timeout: 110_000,
    });
    const said = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Record<string, Said>;
    return new Map(Object.entries(said));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
