import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { cloudChoices } from '../../src/features/doctor/core/help/choices.ts';
import { finders, wantedAt } from '../../src/features/doctor/core/help/wanted.ts';
import { ensurePython } from '../../scripts/python.ts';

interface Signatures {
  /** From `App.function` to its parameters. */
  readonly calls: Readonly<Record<string, readonly string[]>>;
  readonly clouds: readonly string[];
}

const meanings: Readonly<Record<string, string>> = {
  gpu: 'gpu',
  region: 'region',
  compute_region: 'region',
  routing_region: 'routingRegion',
  cloud: 'cloud',
  environment_name: 'environment',
};

/** How people write the call of a method: by an object, or as a decorator. */
const holders: Readonly<Record<string, string>> = {
  App: 'app',
  Image: 'modal.Image.debian_slim()',
  Function: 'modal.Function.from_name("a", "b")',
  Cls: 'modal.Cls.from_name("a", "b")',
};

/** Found by what they belong to, which completion follows only for apps, images, functions and classes. */
const ofOtherObjects = new Set(['Image.publish', 'Volume.rename']);

function meaningOf(call: string, argument: string): string | undefined {
  const [owner = '', ...rest] = call.split('.');
  const isMaker = /^(?:from_|lookup|create|ephemeral|debian_slim|delete|rename|objects)/.test(rest.join('.'));
  const written = isMaker ? `modal.${call}` : `${holders[owner] ?? `modal.${owner}`}.${rest.join('.')}`;
  const before = `import modal\n\napp = modal.App("x")\n\nx = ${written}(${argument}="`;
  return wantedAt(`${before}")\n`, before.length)?.meaning.of;
}

describe('the installed modal and completion', () => {
  let said: Signatures;

  beforeAll(async () => {
    const script = path.join(import.meta.dirname, 'doctor/signatures.py');
    const { stdout } = await promisify(execFile)(await ensurePython(), ['-B', script]);
    said = JSON.parse(stdout) as Signatures;
  });

  it('completes every argument for GPUs, places and environments that a call of modal has', () => {
    const places = Object.entries(said.calls).flatMap(([call, parameters]) =>
      parameters.filter((name) => name in meanings).map((name) => [call, name] as const),
    );
    expect(places.length).toBeGreaterThan(40);
    const missed = places.filter(
      ([call, name]) => !ofOtherObjects.has(call) && meaningOf(call, name) !== meanings[name],
    );
    expect(missed).toEqual([]);
  });

  it('knows the calls that find something by name, with the names and the order of their parameters', () => {
    const current = Object.keys(finders).filter(
      (call) => !call.endsWith('.lookup') || call === 'modal.App.lookup',
    );
    const differing = current.filter((call) => {
      const parameters = said.calls[call.slice('modal.'.length)];
      return finders[call]?.some(([name], at) => parameters?.[at] !== name);
    });
    expect(differing).toEqual([]);
  });

  it('offers the clouds that modal names', () => {
    expect(cloudChoices.map(({ name }) => name).sort()).toEqual([...said.clouds].sort());
  });
});
