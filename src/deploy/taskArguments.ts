import * as z from 'zod/mini';

import { environmentFlag } from './runArguments.ts';

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

/** Arguments for the CLI. @param environment of the settings, where the task names none */
export function taskArguments(task: ModalTask, environment: string): string[] {
  const chosen = task.environment || environment;
  const object =
    task.command === 'run' ? [task.app, task.function].filter(Boolean).join('.') : (task.app ?? '');
  return [
    task.command,
    ...environmentFlag(chosen),
    object ? `${task.script}::${object}` : task.script,
    ...(task.command === 'run' ? (task.args ?? []) : []),
  ];
}

/** `serve chat.py::web`, as the list of tasks shows it. */
export function taskName(task: ModalTask): string {
  const object = [task.app, task.command === 'run' ? task.function : undefined].filter(Boolean).join('.');
  return `${task.command} ${task.script}${object ? `::${object}` : ''}`;
}
