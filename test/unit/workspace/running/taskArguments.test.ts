import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  taskCommand,
  taskName,
  taskSchema,
} from '../../../../src/features/workspace/core/running/taskArguments.ts';

const task = (fields: object) => taskSchema.parse({ type: 'modal', script: 'a.py', ...fields });

describe('a task', () => {
  it.each([
    [{ command: 'deploy' }, '', ['deploy', 'a.py']],
    [{ command: 'deploy', app: 'web' }, 'dev', ['deploy', '--env=dev', 'a.py::web']],
    [{ command: 'serve', environment: 'own' }, 'dev', ['serve', '--env=own', 'a.py']],
    [{ command: 'run', function: 'f', args: ['--n=3'] }, '', ['run', 'a.py::f', '--n=3']],
    [{ command: 'run', app: 'web', function: 'f' }, '', ['run', 'a.py::web.f']],
    [{ command: 'deploy', args: ['--never'] }, '', ['deploy', 'a.py']],
  ])('%j becomes arguments', (fields, environment, expected) => {
    expect(taskCommand(task(fields), environment)).toEqual({ cwd: '.', args: expected });
  });

  it('gives a file of a package as a module, in the folder in which Python finds it', () => {
    const module = { folder: '/w', name: 'pkg.jobs' };
    const run = task({ command: 'run', script: '/w/pkg/jobs.py', function: 'f', args: ['--n=3'] });
    expect(taskCommand(run, '', module)).toEqual({ cwd: '/w', args: ['run', '-m', 'pkg.jobs::f', '--n=3'] });
  });

  it('has a name that tells it from the others', () => {
    expect(taskName(task({ command: 'serve', app: 'web' }))).toBe('serve a.py::web');
    expect(taskName(task({ command: 'run', function: 'f' }))).toBe('run a.py::f');
  });

  it.each([{ command: 'shell' }, { command: 'deploy', script: 3 }, { command: 'run', args: 'x' }])(
    'is refused when it is %j',
    (fields) => {
      expect(taskSchema.safeParse({ type: 'modal', script: 'a.py', ...fields }).success).toBe(false);
    },
  );
});

interface Pattern {
  regexp: string;
  file?: number;
  line?: number;
  message?: number;
}
const manifest = JSON.parse(
  readFileSync(path.resolve(import.meta.dirname, '../../../../package.json'), 'utf8'),
) as {
  contributes: {
    problemMatchers: {
      name: string;
      pattern: Pattern | Pattern[];
      background: { beginsPattern: string; endsPattern: string };
    }[];
    taskDefinitions: { properties: Record<string, unknown> }[];
  };
};
const matcher = (name: string) => manifest.contributes.problemMatchers.find((each) => each.name === name)!;

describe('the problem matchers', () => {
  it.each([
    ['  File "/w/jobs.py", line 13, in fails', '/w/jobs.py', '13', 'in fails'],
    ['│ /w/jobs.py:12 in bad                            │', '/w/jobs.py', '12', 'in bad'],
    ['/w/jobs.py:39 in <module>', '/w/jobs.py', '39', 'in <module>'],
    [String.raw`  File "C:\w\jobs.py", line 3, in f`, String.raw`C:\w\jobs.py`, '3', 'in f'],
  ])('find the frame in %j', (line, file, number, message) => {
    const pattern = matcher('modal').pattern as Pattern;
    const found = new RegExp(pattern.regexp).exec(line)!;
    expect([found[pattern.file!], found[pattern.line!], found[pattern.message!]]).toEqual([
      file,
      number,
      message,
    ]);
  });

  it.each([
    '  File "/v/lib/python3.11/site-packages/modal/serving.py", line 27, in _run_serve',
    '/usr/lib/python3.11/runpy.py:198 in _run_module_as_main',
    'Watching /w/jobs.py',
    '    raise ValueError("x")',
  ])('leave alone %j', (line) => {
    expect(new RegExp((matcher('modal').pattern as Pattern).regexp).test(line)).toBe(false);
  });

  it('find a syntax error with its message', () => {
    const lines = [
      '  File "/w/jobs.py", line 10',
      '    x = (',
      '        ^',
      "SyntaxError: '(' was never closed",
    ];
    const found = (matcher('modal-syntax').pattern as Pattern[]).map(({ regexp }, at) =>
      new RegExp(regexp).exec(lines[at]!),
    );
    expect(found[0]?.slice(1)).toEqual(['/w/jobs.py', '10']);
    expect(found.every((match) => match)).toBe(true);
    expect(found[3]?.[1]).toBe("SyntaxError: '(' was never closed");
  });

  it('know when a serve is busy and when it waits', () => {
    const { beginsPattern, endsPattern } = matcher('modal').background;
    expect(new RegExp(beginsPattern).test('✓ Initialized. View run at http://x')).toBe(true);
    expect(new RegExp(beginsPattern).test('Serve process 12 terminated')).toBe(true);
    expect(new RegExp(endsPattern).test('️️⚡️ Serving... hit Ctrl-C to stop!')).toBe(true);
    expect(new RegExp(endsPattern).test('✓ Created objects.')).toBe(true);
  });

  it('the task definition has the fields that are read', () => {
    const [definition] = manifest.contributes.taskDefinitions;
    const { type, ...fields } = taskSchema.shape;
    expect(type).toBeDefined();
    expect(Object.keys(definition!.properties).sort()).toEqual(Object.keys(fields).sort());
  });
});
