import type { ContainerInfo, FunctionStats } from '../../../../domain/lifecycle.ts';
import { formatDuration, formatMoment, plural } from '../../../../shared/format.ts';

/** Tooltip lines of a container. @param idle no function of its app runs an input */
export function containerLines(info: ContainerInfo, idle: boolean): string[] {
  const ready =
    info.readyAt === undefined
      ? info.state === 'starting'
        ? 'Not ready yet'
        : 'Ready, start time unknown'
      : `Ready since ${formatMoment(info.readyAt)}${startWords(info.readyAt, info)}`;
  return [
    `GPU: ${info.gpu === undefined ? 'unknown' : info.gpu || 'none'}`,
    ready,
    ...(info.state === 'running' && idle ? ['Idle'] : []),
    ...(info.result ? [`It ${info.result}`] : []),
  ];
}

function startWords(readyAt: number, { enqueuedAt }: ContainerInfo): string {
  if (enqueuedAt === undefined) return '';
  return `, ${formatDuration(readyAt - enqueuedAt)} after it was requested`;
}

export function statsLine({ containers, runningInputs, backlog }: FunctionStats): string {
  return `${plural(containers, 'container')}, ${plural(runningInputs, 'running input')}, ${backlog} waiting`;
}
