/** What we read of files of many shapes, beside what Modal's own package registers when it imports them. */
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ScriptApp, ScriptFunction } from '../../src/domain/script.ts';
import { decodePython } from '../../src/features/workspace/core/decodePython.ts';
import { Linker } from '../../src/features/workspace/core/linking.ts';
import { readScript } from '../../src/features/workspace/core/readScript.ts';
import { ensurePython } from '../../scripts/python.ts';

interface Registered {
  readonly apps: Readonly<
    Record<
      string,
      {
        readonly name: string;
        readonly functions: Readonly<
          Record<
            string,
            { gpus: string[]; secrets: string[]; minContainers: number; clusterSize: number | null }
          >
        >;
        readonly entryPoints: readonly string[];
      }
    >
  >;
  /** All names of each, as `modal run` takes them. */
  readonly commands: readonly (readonly string[])[];
}

const folder = path.join(import.meta.dirname, 'shapes');
const files = readdirSync(folder).filter((file) => file.endsWith('.py'));

/** What only running the file tells, and we say so. Everything else is read. */
const unread: Readonly<Record<string, string>> = {
  'loop.py': 'loop',
  'nested_calls.py': 'call',
  'passed.py': 'passed',
};
const unknownGpus: Readonly<Record<string, readonly string[]>> = {
  'changed.py': ['f', 'g'],
  'loop.py': [],
};
/** Whether it is a cluster is asked for in the decorator itself. */
const unknownClusters: Readonly<Record<string, readonly string[]>> = { 'any_decorator.py': ['train'] };
/** Names of apps that only running the file tells. */
const unknownNames = new Set(['name_unknown.py', 'factory_direct.py', 'factory_unknown.py', 'walrus.py']);

let modal: Readonly<Record<string, Registered>>;
beforeAll(async () => {
  const script = path.join(import.meta.dirname, 'support/shapes.py');
  const { stdout } = await promisify(execFile)(await ensurePython(), [script, ...files], { cwd: folder });
  modal = JSON.parse(stdout) as Record<string, Registered>;
}, 120_000);

async function read(file: string) {
  const text = decodePython(readFileSync(path.join(folder, file)));
  const reading = await readScript(text);
  const at = `/w/${file}`;
  const link = new Linker({
    exists: (each) => each === at,
    get: (each) => (each === at ? { uri: at, label: file, reading } : undefined),
    top: () => '/w',
  }).link(at);
  return link!.script;
}

const commandOf = (app: ScriptApp, { name, onlyInApp }: ScriptFunction) =>
  onlyInApp === undefined ? name : `${app.variable}.${onlyInApp}`;

describe.each(files)('%s', (file) => {
  it('has the apps that Modal sees, with the functions, GPUs, containers and secrets that it asks for', async () => {
    const script = await read(file);
    expect(script.problems).toEqual([]);
    const ours = script.apps.filter(({ unreachable }) => !unreachable);
    const theirs = modal[file]!;
    expect(theirs).not.toHaveProperty('error');
    const seen = new Set(Object.values(theirs.apps).map((app) => JSON.stringify(app)));
    expect(ours).toHaveLength(seen.size);
    for (const app of ours) {
      const real = theirs.apps[app.variable]!;
      expect(real, app.variable).toBeDefined();
      expect(app.name).toBe(unknownNames.has(file) ? undefined : real.name);
      expect(app.entryPoints.map(({ name }) => name).sort()).toEqual(real.entryPoints);
      const reason = unread[file];
      if (reason) expect(app.unread).toEqual([reason]);
      else expect(app).not.toHaveProperty('unread');
      const tags = Object.keys(real.functions);
      const sure = app.units.filter(({ conditional }) => !conditional);
      expect(tags).toEqual(expect.arrayContaining(sure.map(({ deployedAs }) => deployedAs)));
      if (!reason)
        expect(app.units.map(({ deployedAs }) => deployedAs)).toEqual(expect.arrayContaining(tags));
      for (const unit of app.units) {
        const function_ = real.functions[unit.deployedAs ?? ''];
        if (!function_) continue;
        const known = !unknownGpus[file]?.includes(unit.name);
        expect(unit.gpus, `GPUs of ${unit.name}`).toEqual(known ? function_.gpus : undefined);
        expect(unit.minContainers, `containers of ${unit.name}`).toBe(function_.minContainers);
        const cluster = function_.clusterSize === null ? undefined : { size: function_.clusterSize };
        const isSure = !unknownClusters[file]?.includes(unit.name);
        expect(unit.cluster, `cluster of ${unit.name}`).toEqual(isSure ? cluster : { size: undefined });
        const maybe = unit.maybeSecrets ?? [];
        expect(unit.secrets).toEqual(expect.arrayContaining(function_.secrets));
        expect(function_.secrets).toEqual(
          expect.arrayContaining(unit.secrets.filter((name) => !maybe.includes(name))),
        );
      }
    }
  });

  it('is offered to run by the names that the CLI knows', async () => {
    const script = await read(file);
    const ours = script.apps.flatMap((app) => [
      ...app.entryPoints.map(({ name }) => name),
      ...app.units
        .filter(
          ({ conditional, functions }) => !conditional && functions.every(({ web }) => web !== 'server'),
        )
        .flatMap(({ functions }) => functions.map((fn) => commandOf(app, fn))),
    ]);
    const { commands } = modal[file]!;
    expect(commands.flat()).toEqual(expect.arrayContaining(ours));
    const isConditional = script.apps.some(({ units }) => units.some(({ conditional }) => conditional));
    if (!isConditional && !unread[file])
      for (const names of commands)
        expect(
          ours.some((name) => names.includes(name)),
          names[0],
        ).toBe(true);
  });
});
