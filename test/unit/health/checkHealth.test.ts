import { describe, expect, it, vi } from 'vitest';
import { ModalError } from '../../../src/domain/errors.ts';
import type { HealthFacts, HealthServices } from '../../../src/features/health/core/checkHealth.ts';
import type { HealthLine } from '../../../src/features/health/core/healthLine.ts';
import { checkHealth } from '../../../src/features/health/core/checkHealth.ts';
import { healthSteps } from '../../../src/features/health/core/healthLine.ts';
import { modelOf, operationsOf } from '../../../src/features/health/core/readAnswers.ts';
import { lineWords, summaryWords } from '../../../src/features/health/ui/healthWords.ts';
import { httpResult } from '../support/httpResult.ts';

vi.mock('vscode', () => import('../support/editor.ts'));

type Answer = readonly [number, string, string?];
type Answers = Readonly<Record<string, Answer | readonly Answer[]>>;

interface Situation {
  readonly facts?: Partial<HealthFacts>;
  readonly answers?: Answers;
  readonly running?: number;
  readonly connect?: HealthServices['connect'];
  readonly consent?: boolean;
  readonly signal?: AbortSignal;
}

const edge = (text: string) => `modal-http: ${text}`;
const openapi = JSON.stringify({
  openapi: '3.1.0',
  paths: { '/a': { get: {}, post: {} }, '/b': { get: {} } },
});
const status = (state: string) =>
  JSON.stringify({ status: state, model: { id: 'org/model' }, gpu: { name: 'A10' }, load_s: 9.44 });

/** Plays a check. @returns the last line of each step, and what was asked */
async function check({ facts, answers = {}, running = 0, connect, consent = true, signal }: Situation) {
  const lines = new Map<string, HealthLine>();
  const asked: string[] = [];
  let questions = 0;
  await checkHealth(
    {
      bundled: false,
      cheap: false,
      requiresProxyAuth: false,
      key: 'none',
      limitMs: 10_000,
      pauseMs: 1,
      ...facts,
    },
    {
      connect: connect ?? (() => Promise.resolve({ address: '1.2.3.4', nameMs: 1, connectMs: 2 })),
      containers: () => Promise.resolve({ running, starting: 0 }),
      get: (path) => {
        asked.push(path);
        const found = answers[path] ?? [404, 'Not Found'];
        const list = (typeof found[0] === 'number' ? [found] : found) as readonly Answer[];
        const times = asked.filter((each) => each === path).length;
        const [code, body, failure] = list[Math.min(times, list.length) - 1]!;
        return Promise.resolve({ ...result(code, body), ...(failure === undefined ? {} : { failure }) });
      },
      mayWake: () => {
        questions++;
        return Promise.resolve(consent);
      },
      onLine: (line) => lines.set(line.step, line),
    },
    signal ?? new AbortController().signal,
  );
  const of = (step: HealthLine['step']) => lines.get(step)!;
  return { of, asked, questions, states: healthSteps.map((step) => lines.get(step)?.state) };
}

const result = (status: number, body: string) =>
  httpResult(body, { status, statusText: '', timing: { connect: 0, firstByte: 1, total: 2, polls: 0 } });

describe('the health of an endpoint', () => {
  it('is good all through for a warm bundled app with its key, without a question', async () => {
    const answers = {
      '/health': [200, '{}'],
      '/status': [200, status('ready')],
      '/openapi.json': [200, openapi],
    } as const;
    const { of, states, questions } = await check({
      running: 2,
      facts: { bundled: true, key: 'kept' },
      answers,
    });
    expect(states).toEqual(['good', 'good', 'good', 'good', 'good', 'good']);
    expect(questions).toBe(0);
    expect(of('container').text).toBe('Warm: 2 containers running.');
    expect(of('model').text).toBe('org/model is loaded on A10, in 9.4 s.');
    expect(of('schema').text).toContain('3 operations');
  });

  it('is bad for an app that answers with an error, whatever the status', async () => {
    const failed = await check({
      running: 1,
      answers: { '/health': [200, '{"error":"x"}', 'CUDA is gone'] },
    });
    expect(failed.of('answer')).toMatchObject({
      state: 'bad',
      text: expect.stringMatching(/^HTTP 200\. The status is a success, but .*: CUDA is gone$/) as string,
      action: 'showLogs',
    });
    expect(failed.asked).toEqual(['/health']);
    const answers = {
      '/health': [200, '{}'],
      '/v1/models': [200, '{"error":"x"}', 'No worker'],
      '/openapi.json': [200, openapi],
    } as const;
    const { of } = await check({ running: 1, answers, facts: { key: 'kept' } });
    expect(of('key')).toMatchObject({ state: 'unknown' });
    expect(of('model')).toMatchObject({ state: 'bad', text: 'The app failed: No worker' });
    expect(of('schema')).toMatchObject({ state: 'good' });
  });

  it('starts nothing without consent, and asks only where it may cost more than cents', async () => {
    const cold = await check({ consent: false });
    expect([cold.asked, cold.questions]).toEqual([[], 1]);
    expect(cold.states).toEqual(['good', 'warning', 'unknown', 'unknown', 'unknown', 'unknown']);
    expect(cold.of('answer')).toMatchObject({ action: 'again' });
    const cheap = await check({
      facts: { bundled: true, cheap: true, key: 'missing' },
      answers: { '/health': [200, ''] },
    });
    expect([cheap.questions, cheap.asked]).toEqual([0, ['/health']]);
    expect(cheap.of('key')).toMatchObject({ state: 'bad', action: 'enterKey' });
  });

  it('waits while the model loads, and says how long the cold start took', async () => {
    const answers = {
      '/health': [
        [503, 'x'],
        [503, 'x'],
        [200, '{}'],
      ],
    } as const;
    const { of, asked } = await check({ answers });
    expect(asked.filter((path) => path === '/health')).toHaveLength(3);
    expect(of('answer').state).toBe('good');
    expect(of('container').text).toMatch(/^Cold start; first response after/);
  });

  it('gives up on an app that starts for ever', async () => {
    const { of, states } = await check({ facts: { limitMs: 0 }, answers: { '/health': [503, 'loading'] } });
    expect(of('answer')).toMatchObject({ state: 'bad', action: 'again' });
    expect(states.slice(3)).toEqual(['unknown', 'unknown', 'unknown']);
  });

  it.each([
    [
      'none kept',
      'missing',
      edge('missing credentials for proxy authorization'),
      /^No key is saved.*requires a proxy token/,
    ],
    [
      'a wrong one',
      'kept',
      edge('invalid credentials for proxy authorization'),
      /^The saved key was rejected.*rejected the proxy token/,
    ],
  ] as const)('tells a proxy token apart: %s', async (_name, key, body, text) => {
    const { of, asked, questions } = await check({
      facts: { key, requiresProxyAuth: true },
      answers: { '/health': [401, body] },
    });
    expect(of('key')).toMatchObject({
      state: 'bad',
      action: 'enterKey',
      text: expect.stringMatching(text) as string,
    });
    expect(of('container').text).toMatch(/^Cold/); // the edge refused, so nothing was started
    expect(asked).toEqual(['/health']);
    expect(questions).toBe(key === 'kept' ? 1 : 0); // without one the edge refuses it for nothing
  });

  it('says how long a model took to load only where that is told', () => {
    const ready = (load: unknown) => modelOf(JSON.stringify({ status: 'ready', load_s: load })).text;
    expect(ready(0.04)).toBe('The model is loaded, in 40 ms.');
    for (const load of [0, -1, '3', undefined]) expect(ready(load)).toBe('The model is loaded.');
  });

  it('tells a wrong key of the app from one that nothing is known of', async () => {
    const answers = {
      '/health': [200, ''],
      '/status': [401, '{"error":{"message":"Wrong key."}}'],
      '/v1/models': [403, ''],
    } as const;
    const wrong = await check({ facts: { bundled: true, key: 'kept' }, answers });
    expect(wrong.of('key')).toMatchObject({
      state: 'bad',
      action: 'enterKey',
      text: expect.stringMatching(/rejected.*Wrong key/) as string,
    });
    const none = await check({ facts: { bundled: true, requiresProxyAuth: true }, answers });
    expect(none.of('key')).toMatchObject({
      state: 'bad',
      action: 'enterKey',
      text: expect.stringMatching(/^No key is saved.*Wrong key/) as string,
    });
    const asks = await check({ answers });
    expect(asks.of('key')).toMatchObject({
      state: 'warning',
      text: expect.stringMatching(/request panel/) as string,
    });
  });

  it('offers a deploy where nothing is deployed any more', async () => {
    const answers = { '/health': [404, edge('app for invoked web endpoint is stopped')] } as const;
    const { of } = await check({ answers });
    expect(of('answer')).toMatchObject({ state: 'bad', action: 'deploy' });
  });

  it('does with an app that has none of the routes', async () => {
    const { states, of } = await check({});
    expect(states).toEqual(['good', 'good', 'good', 'good', 'unknown', 'unknown']);
    expect(of('answer').text).toContain('has no /health');
  });

  it('asks nothing without a connection, and ends when it is cancelled', async () => {
    const offline = () => Promise.reject(new ModalError('offline', 'The name x cannot be resolved.'));
    const { asked, states, of } = await check({ connect: offline });
    expect([asked, states.slice(2)]).toEqual([[], ['unknown', 'unknown', 'unknown', 'unknown']]);
    expect(of('reachable')).toMatchObject({
      state: 'bad',
      text: 'The name x cannot be resolved.',
      action: 'again',
    });
    const cancelled = () => Promise.reject(new ModalError('cancelled', 'Cancelled'));
    await expect(check({ connect: cancelled })).rejects.toMatchObject({ kind: 'cancelled' });
  });
});

describe('what an app tells', () => {
  it.each([
    ['ready', 'good', /loaded on A10, in 9.4 s/],
    ['cold', 'warning', /next request loads it/],
    ['starting', 'warning', /is loading/],
    ['degraded', 'bad', /only partially/],
    ['else', 'unknown', /Not reported/],
  ])('%s', (word, state, text) => {
    expect(modelOf(status(word))).toMatchObject({ state, text: expect.stringMatching(text) as string });
  });

  it('lists models, and survives anything', () => {
    const list = (...ids: unknown[]) => JSON.stringify({ data: ids.map((id) => ({ id })) });
    expect(modelOf(list('a', 'b', 'c', 'd')).text).toBe('Serves a, b, c and 1 more.');
    expect(modelOf(list()).state).toBe('warning');
    for (const body of ['', 'null', '[]', '{"data":7}', '{"model":[]}', '<html>'])
      expect(modelOf(body).state).toBe('unknown');
    for (const body of ['', '{}', '{"openapi":1}', '[1]']) expect(operationsOf(body)).toBeUndefined();
    expect(operationsOf('{"openapi":"3.1.0","paths":null}')).toBe(0);
  });
});

describe('the words of a line', () => {
  const line: HealthLine = { step: 'key', state: 'bad', text: '', milliseconds: 1234, action: 'enterKey' };

  it('say state, time and what helps', () => {
    expect(lineWords(line)).toBe('failed · 1.2 s · Enter: Enter Key…');
  });

  it('sum up', () => {
    const good: HealthLine = { step: 'model', state: 'good', text: '' };
    expect(summaryWords([good, line, line])).toMatch(/^2 problems\. /);
    expect(summaryWords([good, { ...good, state: 'warning' }])).toMatch(/warnings/);
    expect(summaryWords([good, { ...good, state: 'unknown' }])).toBe(
      'No problems found. Some checks have no result.',
    );
    expect(summaryWords([good])).toBe('All checks passed.');
  });
});
