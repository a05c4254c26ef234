import { Worker } from 'node:worker_threads';
import { ModalError, toModalError } from '../../../domain/errors.ts';
import type { LoadSnapshot } from '../../../domain/load.ts';
import { redactBeginning } from '../../../shared/redact.ts';
import type { LoadJob, LoadListener, LoadOutcome } from './generator.ts';
import { checkPlan } from './limits.ts';

export type FromWorker =
  | { readonly type: 'snapshot'; readonly snapshot: LoadSnapshot }
  | { readonly type: 'end'; readonly outcome: LoadOutcome };

/** A thread that does not end by itself after a stop is ended. */
const stopLimitMs = 1000;
/** Of the first message of each kind; the thread keeps some more, see `maskOf`. */
const shownText = 300;

/**
 * Runs a load test in a thread of its own, and ends it with the signal.
 * @param workerFile `worker.ts` or its bundle
 * @throws kind `invalid` for a plan beyond the bounds, `unexpected` when the thread fails
 */
export async function runLoad(
  workerFile: string | URL,
  job: LoadJob,
  signal: AbortSignal,
  listener: LoadListener,
): Promise<LoadOutcome> {
  checkPlan(job.plan);
  let last: LoadSnapshot | undefined;
  const clean = maskOf(job);
  const worker = new Worker(workerFile, { workerData: job, env: {}, execArgv: [] });
  const stop = () => {
    worker.postMessage('stop');
    setTimeout(() => void worker.terminate(), stopLimitMs).unref();
  };
  try {
    return await new Promise<LoadOutcome>((resolve, reject) => {
      worker.on('message', (message: FromWorker) => {
        if (message.type === 'end') {
          resolve({ ...message.outcome, snapshot: clean(message.outcome.snapshot) });
          return;
        }
        last = clean(message.snapshot);
        listener.onSnapshot(last);
      });
      worker.once('error', (error: unknown) => {
        const { message } = toModalError(error);
        reject(new ModalError('unexpected', `The load test failed: ${message}`, { cause: error }));
      });
      worker.once('exit', () => {
        if (signal.aborted && last) resolve({ end: 'stopped', snapshot: { ...last, points: [] } });
        else reject(new ModalError('unexpected', 'The load test ended without a result. Run it again.'));
      });
      if (signal.aborted) stop();
      else signal.addEventListener('abort', stop, { once: true });
    });
  } finally {
    signal.removeEventListener('abort', stop);
    void worker.terminate();
  }
}

/** A server may repeat in an error what it was sent; nothing of a key may reach a view or a file. */
function maskOf({ request }: LoadJob): (snapshot: LoadSnapshot) => LoadSnapshot {
  const secrets = Object.entries(request.headers)
    .filter(([name]) => !/^(?:content-type|accept)/i.test(name))
    .flatMap(([, value]) => [value, ...value.split(' ')])
    .filter((value) => value.length >= 8);
  // Cut after it is masked: the text ends somewhere, and half a key is not found in it.
  const mask = (text: string) =>
    redactBeginning(secrets.reduce((result, secret) => result.replaceAll(secret, '…'), text)).slice(
      0,
      shownText,
    );
  return ({ points, totals }) => ({
    points,
    totals: { ...totals, errors: totals.errors.map((error) => ({ ...error, first: mask(error.first) })) },
  });
}
