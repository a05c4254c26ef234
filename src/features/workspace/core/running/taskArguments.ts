import * as z from 'zod/mini';

import type { ModuleMode } from '../../../../domain/script.ts';
import { cliTarget, environmentFlag } from '../../../deploy/core/index.ts';
import type { CliTarget } from '../../../deploy/core/index.ts';

/** A `modal` entry of `tasks.json`. */
export const taskSchema = z.object({
  type: z.literal('modal'),
  command: z.enum(['deploy', 'serve', 'run']),
  /** Path, absolute or below the workspace folder. */
  script: z.string(),
  /** The app's variable; absent = `app`. */
  app: z.optional(z.string()),
  /** What `run` runs; absent = the only one that there is. */
  function: z.optional(z.string()),
  /** Of the function, behind its name. */
  args: z.optional(z.array(z.string())),
  environment: z.optional(z.string()),
});

export type ModalTask = z.infer<typeof taskSchema>;

/**
 * Arguments for the CLI, and where it is run.
 * @param environment of the settings, where the task names none
 * @param module of a script that belongs to a package
 */
export function taskCommand(task: ModalTask, environment: string, module?: ModuleMode): CliTarget {
  const chosen = task.environment || environment;
  const object =
    task.command === 'run' ? [task.app, task.function].filter(Boolean).join('.') : (task.app ?? '');
  const { cwd, args } = cliTarget(task.script, module, object);
  return {
    cwd,
    args: [
      task.command,
      ...environmentFlag(chosen),
      ...args,
      ...(task.command === 'run' ? (task.args ?? []) : []),
    ],
  };
}

/** `serve chat.py::web`, as the list of tasks shows it. */
export function taskName(task: ModalTask): string {
  const object = [task.app, task.command === 'run' ? task.function : undefined].filter(Boolean).join('.');
  return `${task.command} ${task.script}${object ? `::${object}` : ''}`;
}
