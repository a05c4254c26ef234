import * as vm from 'node:vm';

/**
 * Runs a job that may never end, such as a regular expression of the user on some text: the engine can stop even one
 * that is inside a match, which no slicing of the work could. What the job has written until then stays, so it must
 * leave nothing half done: it writes results one by one and nothing else.
 *
 * @returns false when it was stopped
 */
export function runGuarded(job: () => void, limitMs: number): boolean {
  guard ??= newGuard();
  guard.context['job'] = job;
  try {
    guard.script.runInContext(guard.context, { timeout: limitMs });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return false;
    throw error;
  } finally {
    guard.context['job'] = undefined;
  }
}

let guard: { readonly context: vm.Context; readonly script: vm.Script } | undefined;

function newGuard(): NonNullable<typeof guard> {
  return { context: vm.createContext({}), script: new vm.Script('job()') };
}
