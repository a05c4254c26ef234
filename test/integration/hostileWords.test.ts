/** Names that look like options, given to the real CLI; and Modal's own rules for names, beside ours. */
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { planRun, planServe } from '../../src/features/workspace/core/running/scriptProcess.ts';
import { runFunction } from '../../src/features/workspace/core/running/run.ts';
import { ScriptCommand } from '../../src/features/workspace/core/running/scriptCommand.ts';
import { environmentFlag, runArguments } from '../../src/features/deploy/core/runArguments.ts';
import { taskCommand } from '../../src/features/workspace/core/running/taskArguments.ts';
import { idPrefixes, isEnvironmentName, isModalId, isObjectName } from '../../src/domain/identifiers.ts';
import { cliEnvironment, runCli } from '../../src/modal/cli.ts';
import { loadConnection } from '../../src/modal/profile.ts';
import { TestWorld } from './support/world.ts';

const source = `import modal

app = modal.App("it-words")


@app.local_entrypoint()
def main(*args: str) -> None:
    print("ARGS", *map(ascii, args))
`;
const files = ['-m.py', '--env=x.py', '$(touch pwned).py'];

let world: TestWorld;
let folder: string;

beforeAll(async () => {
  world = await TestWorld.start();
  folder = await mkdtemp(path.join(os.tmpdir(), '-words-'));
  for (const file of files) await writeFile(path.join(folder, file), source);
});
afterAll(async () => {
  await world?.stop();
  await rm(folder, { recursive: true, force: true });
});

const services = async (environment = '') => ({
  ...{ plane: world.plane, connection: await world.planes.connection(), environment },
});

async function modal(args: readonly string[]): Promise<{ exitCode: number; said: string }> {
  const { exitCode, stdout, stderr } = await runCli(world.cli, args, {
    cwd: folder,
    env: cliEnvironment(world.env, await world.planes.connection()),
    onLine: () => undefined,
    timeoutMs: 60_000,
    logger: world.logger,
  });
  return { exitCode, said: `${stdout}\n${stderr}` };
}

/** Runs the file's entry point as the extension does. @returns the arguments that it got */
async function run(file: string, words: string): Promise<string> {
  const parameter = { name: 'args', type: { kind: 'words' }, annotation: '*str' } as unknown as Parameters<
    typeof runArguments
  >[0][number];
  const args = runArguments([parameter], { args: words });
  const plan = await planRun(
    { script: path.join(folder, file) },
    { name: 'main' } as Parameters<typeof planRun>[1],
    { args, shownArgs: args },
    await services(),
  );
  const lines: string[] = [];
  const { cli, planes, plane, env, logger } = world;
  const command = new ScriptCommand(plan);
  command.onLine(({ line }) => lines.push(line));
  await runFunction(command, { cli, connection: await planes.connection(), plane, env, logger });
  return lines.find((line) => line.startsWith('ARGS')) ?? lines.join('\n');
}

describe('the real CLI', () => {
  it.each(files)('runs a file whose name is %j', async (file) => {
    expect(await run(file, '')).toBe('ARGS');
    expect(await readdir(folder)).toEqual([...files].sort());
  });

  it('gives words that look like its options to the function', async () => {
    const words = '--help -x --env other --profile other -- $(touch pwned)';
    expect(await run('-m.py', words)).toBe(
      `ARGS ${words
        .split(' ')
        .map((word) => `'${word}'`)
        .join(' ')}`,
    );
  });

  it.each(['--help', '--name=x'])('takes the environment %j for a name', async (name) => {
    const script = path.join(folder, '-m.py');
    const commands = [
      ['deploy', ...environmentFlag(name), script],
      taskCommand({ type: 'modal', command: 'deploy', script, environment: name }, '').args,
    ];
    for (const { exitCode, said } of await Promise.all(commands.map(modal))) {
      expect(exitCode).not.toBe(0);
      expect(said).toContain(`'${name}'`);
    }
    await expect(planServe({ script }, await services(name))).rejects.toMatchObject({
      kind: 'invalid',
      message: expect.stringContaining(`"${name}" is not a name that a Modal environment can have`) as string,
    });
  });

  it('acts for a profile that is named like an option', async () => {
    const config = path.join(await mkdtemp(path.join(os.tmpdir(), 'words-profile-')), 'modal.toml');
    const { tokenId, tokenSecret, serverUrl } = await world.planes.connection();
    await mkdir(path.dirname(config), { recursive: true });
    await writeFile(
      config,
      `[--help]\ntoken_id = "${tokenId}"\ntoken_secret = "${tokenSecret}"\nserver_url = "${serverUrl}"\nactive = true\n`,
    );
    const env = { ...world.env, MODAL_CONFIG_PATH: config };
    const connection = await loadConnection({ env });
    expect(connection.profile).toBe('--help');
    const { exitCode, stdout } = await runCli(world.cli, ['profile', 'current'], {
      cwd: folder,
      env: cliEnvironment(env, connection),
      onLine: () => undefined,
      timeoutMs: 60_000,
      logger: world.logger,
    });
    expect([exitCode, stdout.trim()]).toEqual([0, '--help']);
  });
});

describe("Modal's own rules", () => {
  const names = [
    ...[
      'main',
      'dev-1',
      'a.b',
      'A_b',
      '0',
      '1-',
      '-x',
      '--help',
      '.',
      '..',
      '_x',
      '.x',
      'a b',
      'ä',
      'en-1',
      'EN-1',
      'en_1',
      'a/b',
    ],
    ...[
      '',
      'x'.repeat(64),
      'x'.repeat(65),
      'a\u0000',
      'a\tb',
      'a;b',
      '$(x)',
      '`x`',
      "a'b",
      'a"b',
      'a=b',
      'ap-0123456789012345678901',
    ],
    ...[
      'ap-012345678901234567890',
      'ap-',
      'ta-0',
      'ta-a1B2',
      'ta-',
      'ta--x',
      'ta-_',
      'ta-a b',
      'TA-a',
      'xta-a',
      'fu-1',
      '１',
    ],
  ];

  /** What Modal's package says, in one run of Python. */
  let rules: {
    environment: boolean[];
    object: boolean[];
    container: boolean[];
    prefixes: Record<string, string>;
  };

  beforeAll(async () => {
    const [line = ''] = await world.python(`
import json
import modal.cli.entry_point
from modal._object import _Object
from modal._utils.name_utils import is_valid_environment_name, is_valid_object_name
from modal.cli.shell import _is_valid_modal_id

names = json.loads(${JSON.stringify(JSON.stringify(names))})
print(json.dumps({
    "environment": [is_valid_environment_name(name, allow_periods=True) for name in names],
    "object": [is_valid_object_name(name) for name in names],
    "container": [_is_valid_modal_id(name, "ta-") for name in names],
    "prefixes": {prefix: cls.__name__ for prefix, cls in _Object._prefix_to_type.items()},
}))`);
    rules = JSON.parse(line) as typeof rules;
  });

  it.each([
    ['environments', 'environment', isEnvironmentName],
    ['objects', 'object', isObjectName],
    ['containers, by id,', 'container', (name: string) => isModalId('container', name)],
  ] as const)('for names of %s are ours', (_what, key, ours) => {
    expect(names.map((name) => [name, ours(name)])).toEqual(names.map((name, at) => [name, rules[key][at]]));
  });

  it('would take a name with a line break at its end, which ours do not', () => {
    expect([isEnvironmentName('main\n'), isObjectName('x\n'), isModalId('app', 'ap-1\n')]).toEqual([
      false,
      false,
      false,
    ]);
  });

  it('have the prefixes of ids that ours have', () => {
    const { function: fu, functionCall, class: cs, image, sandbox, volume, secret, environment } = idPrefixes;
    const ours = [fu, functionCall, cs, image, sandbox, volume, secret, environment];
    const objects = [
      'Function',
      'FunctionCall',
      'Cls',
      'Image',
      'Sandbox',
      'Volume',
      'Secret',
      'Environment',
    ];
    expect(ours.map((prefix) => rules.prefixes[prefix])).toEqual(objects.map((name) => `_${name}`));
  });
});
