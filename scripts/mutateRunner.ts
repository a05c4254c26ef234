/**
 * A process that keeps one vitest for the copy of the checkout, so that only what has changed is read again. Its parent
 * ends it when a fault keeps a test from ending.
 */
import { inspect } from 'node:util';
import { createVitest } from 'vitest/node';
import type { CliOptions, TestModule, TestRunResult } from 'vitest/node';
import vitestConfig from '../vitest.config.mts';

export interface Job {
  readonly tests: readonly string[];
  /** Files whose text is another one than at the last job. */
  readonly changed: readonly string[];
}

export interface Outcome {
  /** Title of the first test that failed; undefined when all pass. */
  readonly failed?: string;
  readonly isTimeOut?: boolean;
  /** Its file. */
  readonly test?: string;
}

const [copy = '', setupFile] = process.argv.slice(2);
process.chdir(copy);
// A project takes no setup file from outside, so it is made the whole.
const projects = (vitestConfig.test?.projects ?? []) as readonly { readonly test?: CliOptions }[];
const unit = projects.map(({ test }) => test).find((test) => test?.name === 'unit');
const vitest = await createVitest({
  ...unit,
  config: false,
  root: copy,
  watch: false,
  bail: setupFile === undefined ? 1 : 0,
  reporters: [{}],
  ...(setupFile === undefined ? {} : { setupFiles: [setupFile] }),
});
await vitest.standalone();
const specifications = new Map(
  (await vitest.globTestSpecifications()).map((each) => [each.moduleId, each] as const),
);

process.on('message', (job: Job) => {
  void runJob(job).then((outcome) => process.send?.(outcome));
});
process.on('disconnect', () => process.exit());
process.send?.('ready');

async function runJob({ tests, changed }: Job): Promise<Outcome> {
  for (const file of changed) vitest.invalidateFile(file);
  const chosen = tests.map((test) => specifications.get(test)).filter((each) => each !== undefined);
  return outcomeOf(await vitest.runTestSpecifications(chosen, false));
}

function outcomeOf({ testModules, unhandledErrors }: TestRunResult): Outcome {
  for (const module of testModules) {
    const failed = failureOf(module);
    if (failed) return failed;
  }
  // What was thrown may be anything, also something that has no text.
  return unhandledErrors.length > 0 ? { failed: `an unhandled error: ${inspect(unhandledErrors[0])}` } : {};
}

function failureOf(module: TestModule): Outcome | undefined {
  for (const test of module.children.allTests('failed')) {
    const text =
      test
        .result()
        .errors?.map(({ message }) => message)
        .join() ?? '';
    return { failed: test.fullName, isTimeOut: /timed out in \d+ms/.test(text), test: module.moduleId };
  }
  const error = module.errors()[0];
  return error && { failed: error.message.split('\n')[0] ?? '', test: module.moduleId };
}
