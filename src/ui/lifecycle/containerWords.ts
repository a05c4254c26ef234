import type { ContainerInfo, FunctionStats } from '../../domain/lifecycle.ts';
import { plural } from '../../domain/words.ts';

/** Tooltip lines of a container. @param idle no function of its app runs an input */
export function containerLines(info: ContainerInfo, idle: boolean): string[] {
  const ready =
    info.readyAt === undefined
      ? 'Not ready yet'
      : `Ready since ${new Date(info.readyAt).toLocaleString()}, ${startSeconds(info)} s after it was asked for`;
  return [
    `GPU: ${info.gpu ?? 'none'}`,
    ready,
    ...(info.state === 'running' && idle ? ['Idle: no input is running in this app'] : []),
    ...(info.result ? [`It ${info.result}`] : []),
  ];
}

function startSeconds({ readyAt = 0, enqueuedAt }: ContainerInfo): string {
  return (Math.max(0, readyAt - enqueuedAt) / 1000).toFixed(1);
}

export function statsLine({ containers, runningInputs, backlog }: FunctionStats): string {
  return `${plural(containers, 'container')}, ${plural(runningInputs, 'running input')}, ${backlog} waiting`;
}
