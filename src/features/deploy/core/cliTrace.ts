/**
 * What the CLI does while it deploys. When its output is no terminal it prints its progress only at the end, all at
 * once; but its log names every call to Modal at the moment it is made. We switch that log on with a mark of our own
 * in front of each line, and take the lines out again.
 */
import type { DeployStage } from './stages.ts';
import { ownValue } from '../../../shared/ownValue.ts';

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
  /** Why the CLI will never reach Modal, although it goes on trying for a minute. */
  readonly obstacle?: string;
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

/** What connects the CLI is not what connects us, so it may fail where we do not. */
export const cliObstacles = {
  packages:
    "The Modal CLI needs more packages to use the proxy. Run pip install 'modal[api-proxy-support]' with the interpreter that has modal, then try again.",
  certificate:
    'The Modal CLI does not trust the certificate of the server, which a proxy or firewall may have put in place: it takes only those of the Python package certifi. Install pip-system-certs in the interpreter that has modal, so that it takes those of the system, then try again.',
} as const;

function obstacleOf(reason: string): string | undefined {
  if (reason.includes('modal[api-proxy-support]')) return cliObstacles.packages;
  return reason.includes('CERTIFICATE_VERIFY_FAILED') ? cliObstacles.certificate : undefined;
}

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
  const reason = /^Connection attempt to \S+ failed after [\d.]+s: (.*)$/s.exec(message)?.[1];
  const obstacle = reason === undefined ? undefined : obstacleOf(reason);
  if (obstacle) return { obstacle };
  const appId = /^Created new app with id (ap-\w+)$/.exec(message)?.[1];
  return appId ? { appId } : {};
}
