import { setTimeout as sleep } from 'node:timers/promises';
import { isCancelled, toModalError } from '../../../domain/errors.ts';
import type { HttpResult } from '../../../domain/request.ts';
import { explainResult } from '../../requests/core/index.ts';
import type { Connected } from './connect.ts';
import type { HealthAction, HealthLine, HealthState, HealthStep } from './healthLine.ts';
import { modelOf, operationsOf } from './readAnswers.ts';
import { formatDuration, plural } from '../../../shared/format.ts';

export interface HealthServices {
  readonly connect: (signal: AbortSignal) => Promise<Connected>;
  /** Containers of the function that answers, now. */
  readonly containers: (
    signal: AbortSignal,
  ) => Promise<{ readonly running: number; readonly starting: number }>;
  /** `GET` of a path of the endpoint, with its key where one is kept. */
  readonly get: (path: string, signal: AbortSignal) => Promise<HttpResult>;
  /** Asked before a container would start that may cost more than cents. */
  readonly mayWake: () => Promise<boolean>;
  readonly onLine: (line: HealthLine) => void;
}

export interface HealthFacts {
  /** It has `/health` and `/status` as the bundled apps have them. */
  readonly bundled: boolean;
  /** Its `/health` is answered without a GPU, so that nobody need be asked. */
  readonly cheap: boolean;
  readonly requiresProxyAuth: boolean;
  /** `none`: it is not known to need one. */
  readonly key: 'none' | 'kept' | 'missing';
  /** Milliseconds after which an app that still starts is given up. */
  readonly limitMs: number;
  readonly pauseMs?: number;
}

/** An app that begins to load answers so. */
const notYet = new Set([502, 503, 504]);

/**
 * Finds out step by step how an endpoint is, and reports each step when it is known. Requests that would start a
 * container are sent only with consent.
 * @throws kind `cancelled`; whatever else fails is a line
 */
export async function checkHealth(
  facts: HealthFacts,
  services: HealthServices,
  signal: AbortSignal,
): Promise<void> {
  const check = new HealthCheck(facts, services, signal);
  await check.run();
}

class HealthCheck {
  readonly #facts: HealthFacts;
  readonly #services: HealthServices;
  readonly #signal: AbortSignal;

  constructor(facts: HealthFacts, services: HealthServices, signal: AbortSignal) {
    this.#facts = facts;
    this.#services = services;
    this.#signal = signal;
  }

  async run(): Promise<void> {
    this.#checking('reachable', 'container');
    const [reachable, running] = await Promise.all([this.#reach(), this.#countContainers()]);
    if (!reachable) {
      this.#skip(['answer', 'key', 'model', 'schema'], 'Skipped: no connection.');
      return;
    }
    if (!(await this.#mayAsk(running > 0))) {
      const text = 'Skipped: a request would start a container. Check again to start one.';
      this.#skip(['answer', 'key', 'model', 'schema'], text, 'again');
      return;
    }
    const answer = await this.#askHealth(running > 0);
    if (!answer) {
      this.#skip(['key', 'model', 'schema'], "Skipped: the app isn't responding.");
      return;
    }
    this.#checking('key', 'model', 'schema');
    await this.#askMore(answer);
  }

  async #reach(): Promise<boolean> {
    try {
      const { address, nameMs, connectMs, tls, proxy } = await this.#services.connect(this.#signal);
      const name = nameMs === undefined ? [] : [`DNS ${formatDuration(nameMs)} (${address})`];
      const parts = [...name, `connect ${formatDuration(connectMs)}`];
      if (proxy) parts.unshift(`proxy ${proxy}`);
      if (tls) parts.push(`${tls.protocol} ${formatDuration(tls.ms)}`);
      this.#tell('reachable', 'good', `${parts.join(', ')}.`, {
        milliseconds: (nameMs ?? 0) + connectMs + (tls?.ms ?? 0),
      });
      return true;
    } catch (error) {
      this.#tell('reachable', 'bad', this.#reason(error), { action: 'again' });
      return false;
    }
  }

  /** @returns containers that run; 0 where that is not known */
  async #countContainers(): Promise<number> {
    try {
      const { running, starting } = await this.#services.containers(this.#signal);
      if (running > 0) this.#tell('container', 'good', `Warm: ${plural(running, 'container')} running.`);
      else if (starting > 0)
        this.#tell('container', 'warning', `Starting: ${plural(starting, 'container')}, none ready yet.`);
      else
        this.#tell(
          'container',
          'warning',
          'Cold: no container is running. The next request starts one and waits for it.',
        );
      return running;
    } catch (error) {
      this.#tell('container', 'unknown', this.#reason(error));
      return 0;
    }
  }

  async #mayAsk(warm: boolean): Promise<boolean> {
    const { cheap, requiresProxyAuth, key } = this.#facts;
    // Modal's edge refuses a request without a token before anything starts.
    const refused = requiresProxyAuth && key !== 'kept';
    return warm || cheap || refused || (await this.#services.mayWake());
  }

  /** @returns undefined when the app does not answer */
  async #askHealth(warm: boolean): Promise<HttpResult | undefined> {
    const start = performance.now();
    const ends = start + this.#facts.limitMs;
    const since = () => performance.now() - start;
    this.#tell(
      'answer',
      'checking',
      warm ? 'Requesting /health…' : 'Requesting /health; a container is starting…',
    );
    try {
      for (;;) {
        const result = await this.#services.get('/health', this.#signal);
        if (notYet.has(result.status) && performance.now() < ends) {
          this.#tell('answer', 'checking', `Still starting (HTTP ${result.status}).`, {
            milliseconds: since(),
          });
          await sleep(this.#facts.pauseMs ?? 2000, undefined, { signal: this.#signal });
          continue;
        }
        const took = since();
        if (!warm && answers(result))
          this.#tell('container', 'good', `Cold start; first response after ${formatDuration(took)}.`, {
            milliseconds: took,
          });
        return this.#tellAnswer(result, took) ? result : undefined;
      }
    } catch (error) {
      this.#tell('answer', 'bad', this.#reason(error), { action: 'showLogs', milliseconds: since() });
      return undefined;
    }
  }

  /** @returns whether there is an app that answers */
  #tellAnswer(result: HttpResult, milliseconds: number): boolean {
    const { status } = result;
    if (status < 400 && result.failure === undefined)
      this.#tell('answer', 'good', `/health: HTTP ${status}.`, { milliseconds });
    else if (isRefusal(result)) this.#tell('answer', 'unknown', 'Key required, see below.', { milliseconds });
    else if (status === 404 && !isEdge(result) && !this.#facts.bundled)
      this.#tell('answer', 'good', 'The app is responding; it has no /health.', { milliseconds });
    else {
      const { text, action } = explainResult(result) ?? { text: '', action: undefined };
      const next =
        action === 'retry' ? 'again' : action === 'deploy' || action === 'enterKey' ? action : 'showLogs';
      this.#tell('answer', 'bad', `HTTP ${status}. ${text}`, { action: next, milliseconds });
      return false;
    }
    return true;
  }

  async #askMore(health: HttpResult): Promise<void> {
    if (isRefusal(health)) {
      this.#tellRefusal(health);
      this.#skip(['model', 'schema'], 'Skipped: key required.');
      return;
    }
    if (this.#facts.key === 'missing') {
      const text = 'The app requires a key, and none is saved.';
      this.#tell('key', 'bad', text, { action: 'enterKey' });
      this.#skip(['model', 'schema'], 'Skipped: key required.');
      return;
    }
    const status = await this.#try(this.#facts.bundled ? '/status' : '/v1/models');
    const schema = await this.#try('/openapi.json');
    this.#tellKey([status, schema]);
    this.#tellModel(status);
    this.#tellSchema(schema);
  }

  #tellKey(results: readonly (HttpResult | undefined)[]): void {
    const refusal = results.find((result) => result && isRefusal(result));
    if (refusal) this.#tellRefusal(refusal);
    else if (results.every((result) => result === undefined))
      this.#tell('key', 'unknown', 'The second request failed.', { action: 'again' });
    else if (results.some((result) => result?.failure !== undefined))
      this.#tell('key', 'unknown', 'Unknown: the app responded with an error.', {
        action: 'showLogs',
      });
    else if (this.#facts.key === 'kept') this.#tell('key', 'good', 'The key was accepted.');
    else this.#tell('key', 'good', 'No key required.');
  }

  #tellRefusal(result: HttpResult): void {
    const said = explainResult(result)?.text ?? '';
    if (this.#facts.key === 'kept')
      this.#tell('key', 'bad', `The saved key was rejected. ${said}`, { action: 'enterKey' });
    else if (this.#facts.key === 'missing' || this.#facts.requiresProxyAuth)
      this.#tell('key', 'bad', `No key is saved. ${said}`, { action: 'enterKey' });
    else this.#tell('key', 'warning', `The app requires a key. Enter it in the request panel. ${said}`);
  }

  #tellModel(result: HttpResult | undefined): void {
    if (result?.failure !== undefined)
      this.#tell('model', 'bad', `The app failed: ${result.failure}`, { action: 'showLogs' });
    else if (!result || isRefusal(result) || result.status >= 400)
      this.#tell(
        'model',
        'unknown',
        this.#facts.bundled ? 'Not reported by the app.' : 'Not reported (no /v1/models).',
      );
    else {
      const { state, text, action } = modelOf(result.body);
      this.#tell('model', state, text, { milliseconds: result.timing.total, ...(action ? { action } : {}) });
    }
  }

  #tellSchema(result: HttpResult | undefined): void {
    const operations = result && result.status < 400 ? operationsOf(result.body) : undefined;
    if (operations === undefined) this.#tell('schema', 'unknown', 'No /openapi.json; use custom requests.');
    else
      this.#tell('schema', 'good', `/openapi.json describes ${plural(operations, 'operation')}.`, {
        milliseconds: result?.timing.total ?? 0,
      });
  }

  /** What is asked beside the main thing may fail without an end to the check. */
  async #try(path: string): Promise<HttpResult | undefined> {
    try {
      return await this.#services.get(path, this.#signal);
    } catch (error) {
      if (isCancelled(error) || this.#signal.aborted) throw toModalError(error);
      return undefined;
    }
  }

  #reason(error: unknown): string {
    if (isCancelled(error) || this.#signal.aborted) throw toModalError(error);
    return toModalError(error).message;
  }

  #checking(...steps: HealthStep[]): void {
    for (const step of steps) this.#tell(step, 'checking', '');
  }

  #skip(steps: readonly HealthStep[], text: string, action?: HealthAction): void {
    for (const step of steps) this.#tell(step, 'unknown', text, action ? { action } : {});
  }

  #tell(
    step: HealthStep,
    state: HealthState,
    text: string,
    more: Pick<HealthLine, 'action' | 'milliseconds'> = {},
  ): void {
    this.#services.onLine({ step, state, text: text.trim(), ...more });
  }
}

const isEdge = ({ body }: HttpResult) => body.startsWith('modal-http:');
const isRefusal = ({ status }: HttpResult) => status === 401 || status === 403;
/** A refusal of Modal's edge starts no container. */
const answers = (result: HttpResult) => !isEdge(result);
