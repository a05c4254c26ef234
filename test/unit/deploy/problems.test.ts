import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { explainFailure } from '../../../src/features/deploy/core/failure.ts';
import { failureProblems, warningProblems } from '../../../src/features/deploy/core/problems.ts';

const recorded = (name: string) =>
  readFileSync(path.join(import.meta.dirname, 'output', `${name}.txt`), 'utf8');

const script = '/home/user/apps/app.py';
const source = `import modal

# gpu="A40" would be refused
app = modal.App("x")
image = modal.Image.debian_slim().pip_install("fastapi", "no-such-package==9")

@app.function(gpu="A40", secrets=[modal.Secret.from_name("nope")])
def f(): ...
`;
const problemsOf = (stderr: string, stdout = '') =>
  failureProblems(
    explainFailure(stderr, 1),
    ({ file }) => file.startsWith('/home/user/'),
    script,
    source,
    stdout,
  );

describe('problems at the lines of a script', () => {
  it('an import error: the innermost line of the user', () => {
    expect(problemsOf(recorded('import_error'))).toMatchObject([
      { file: '/home/user/apps/import_error.py', line: 2, severity: 'error' },
    ]);
  });

  it.each([
    ['unknown_gpu', 7],
    ['missing_secret', 7],
  ])('%s: the line that names it', (name, line) => {
    const [problem] = problemsOf(recorded(name));
    expect(problem).toMatchObject({ file: script, line });
    expect(problem?.message).toMatch(/\. [A-Z].*\.$/s);
  });

  it('a failed build step: the line that asks for it', () => {
    const build =
      'Building image im-1\n\n=> Step 0: FROM base\n\n=> Step 1: RUN python -m pip install fastapi no-such-package==9\n';
    const error = 'Error: Image build for im-1 failed with the exception:\nno matching distribution\n';
    expect(problemsOf(error, build)).toMatchObject([{ file: script, line: 5 }]);
  });

  it('nothing is pointed at when nothing in the script is meant', () => {
    expect(problemsOf("Error: Workspace 'acme' is over its budget")).toEqual([]);
  });
});

describe('warnings of Modal', () => {
  it('stand at the line that causes them', () => {
    expect(warningProblems(recorded('deprecation'))).toEqual([
      {
        file: '/home/user/apps/old.py',
        line: 6,
        message: expect.stringMatching(
          /^Modal Deprecation Warning \(2025-12-16\): The `max_inputs` parameter is deprecated/,
        ) as string,
        severity: 'warning',
      },
    ]);
  });
});
