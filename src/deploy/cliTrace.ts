/**
 * What the CLI does while it deploys. When its output is no terminal it prints its progress only at the end, all at
 * once; but its log names every call to Modal at the moment it is made. We switch that log on with a mark of our own
 * in front of each line, and take the lines out again.
 */
import type { DeployStage } from './stages.ts';
import { ownValue } from '../domain/ownValue.ts';

/** No line of a program begins with this control character (record separator). */
const mark = '\u001e';

export const traceEnvironment: Readonly<Record<string, string>> = {
  MODAL_LOGLEVEL: 'DEBUG',
  MODAL_LOG_FORMAT: 'STRING',
  MODAL_LOG_PATTERN: `${mark}%(levelname)s %(message)s`,
};

export interface TraceLine {
  readonly stage?: DeployStage;
  /** Of the app that was made for this deploy. */
  readonly appId?: string;
  /** For the user to see: what the CLI would have logged without us. */
  readonly text?: string;
}

const stageOfCall: Readonly<Record<string, DeployStage>> = {
  MountBatchedCheckExistence: 'upload',
  MountPutFile: 'upload',
  BlobCreate: 'upload',
  ImageJoinStreaming: 'image',
  FunctionCreate: 'functions',
  ClassCreate: 'functions',
  AppPublish: 'publish',
};

const shownLevels = new Set(['WARNING', 'ERROR', 'CRITICAL']);

/** The output as it would be without us. */
export function withoutTrace(output: string): string {
  const lines = output.split('\n').flatMap((line) => {
    const trace = readTrace(line);
    return trace ? (trace.text ?? []) : line;
  });
  return lines.join('\n');
}

/** @returns undefined for a line of the ordinary output */
export function readTrace(line: string): TraceLine | undefined {
  if (!line.startsWith(mark)) return undefined;
  const [, level = '', message = ''] = /^.(\w+) (.*)$/s.exec(line) ?? [];
  if (shownLevels.has(level)) return { text: message };
  const call = /^Sending request to \/modal\.client\.ModalClient\/(\w+)/.exec(message)?.[1];
  const stage = call === undefined ? undefined : ownValue(stageOfCall, call);
  if (stage) return { stage };
  const appId = /^Created new app with id (ap-\w+)$/.exec(message)?.[1];
  return appId ? { appId } : {};
}
