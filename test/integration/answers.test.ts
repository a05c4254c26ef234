/** Sending to a deployed endpoint, and what can be told of the call: by the real SDK from the local Modal. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { App, Endpoint } from '../../src/domain/app.ts';
import { datedRates } from '../../src/domain/cost.ts';
import type { RequestSpec } from '../../src/domain/request.ts';
import { AnswerModel } from '../../src/features/requests/core/answer/answerModel.ts';
import { StreamReader } from '../../src/features/requests/core/answer/streamReader.ts';
import { readCallFacts } from '../../src/features/requests/core/callFacts.ts';
import { explainResult } from '../../src/features/requests/core/explain.ts';
import { RequestSender } from '../../src/features/requests/core/send.ts';
import { TestWorld, fixture } from './support/world.ts';

const key = 'CANARY-of-the-endpoint-123456';
let world: TestWorld;
let sender: RequestSender;
let app: App;
let endpoint: Endpoint;

beforeAll(async () => {
  world = await TestWorld.start();
  sender = new RequestSender({
    logger: world.logger,
    resolveSecret: () => Promise.resolve(key),
    timeoutSeconds: () => 60,
  });
  const { appId, details } = await world.deploy(fixture('answer_kinds.py'));
  [endpoint] = details.functions.flatMap(({ endpoints }) => endpoints) as [Endpoint];
  app = (await world.plane.listApps('main')).find(({ id }) => id === appId)!;
});
afterAll(() => world.stop());
afterEach(() => world.simulator.admin('DELETE', '/faults'));

const faults = (body: unknown) => world.simulator.admin('POST', '/faults', body);
const spec = (path: string, changes: Partial<RequestSpec> = {}): RequestSpec => ({
  method: 'GET',
  url: `${endpoint.url}${path}`,
  headers: {},
  ...changes,
});
const signal = () => new AbortController().signal;

async function sendAndAsk(path: string) {
  const sentAt = Date.now();
  const result = await sender.send(spec(path), signal());
  const options = { plane: () => Promise.resolve(world.plane), rates: () => datedRates };
  return { result, facts: await readCallFacts(options, { app, endpoint, result, sentAt }, signal()) };
}

describe('a call of a deployed endpoint', () => {
  it('tells its cold start and what it cost, and then that the container is warm', async () => {
    await faults({ coldStartSeconds: 1 });
    const { result, facts } = await sendAndAsk('/scores');
    expect(result.callId).toMatch(/^fc-/);
    if (facts.start.kind !== 'cold') throw new Error(`It was ${JSON.stringify(facts.start)}.`);
    const { queueMs, startMs } = facts.start;
    expect(queueMs + startMs).toBeGreaterThan(900);
    expect(queueMs + startMs).toBeLessThanOrEqual(result.timing.firstByte + 1);
    if (facts.cost.kind !== 'estimate') throw new Error(`The cost was ${JSON.stringify(facts.cost)}.`);
    const seconds = (result.timing.total - queueMs) / 1000;
    expect(facts.cost.usd).toBeCloseTo((seconds / 3600) * 1.1, 8);
    expect(facts.cost.basis).toContain('× A10 at $1.10/h (price of 2026-10-04, before credits)');
    expect((await sendAndAsk('/scores')).facts.start).toEqual({ kind: 'warm' });
  });

  it('says that nothing is known when Modal cannot be asked', async () => {
    const result = await sender.send(spec('/scores'), signal());
    const options = { plane: () => Promise.reject(new Error('offline')), rates: () => datedRates };
    const facts = await readCallFacts(options, { app, endpoint, result, sentAt: Date.now() }, signal());
    expect(facts).toMatchObject({ start: { kind: 'unknown' }, cost: { kind: 'unknown' } });
  });

  it('is waited for over long polls, with the time of each', async () => {
    await faults({ webTimeLimitSeconds: 1 });
    const polls: number[] = [];
    const result = await sender.send(spec('/slow', { method: 'POST', body: '{}' }), signal(), {
      onPoll: (count) => polls.push(count),
    });
    expect(result).toMatchObject({ status: 200, body: 'Hello.' });
    expect(polls.length).toBeGreaterThan(0);
    expect(result.timing.pollTimes).toHaveLength(polls.length);
    expect(Math.min(...result.timing.pollTimes!)).toBeGreaterThan(900);
  });

  it('keeps what came of a stream that the app broke off', async () => {
    const stream = new StreamReader({ 'content-type': 'text/event-stream' });
    const result = await sender.send(spec('/cut'), signal(), {
      onChunk: (bytes) => void stream.push(bytes, 1),
    });
    expect(result.cut).toMatchObject({ kind: 'lost' });
    const model = new AnswerModel({ result, stream });
    expect(model.stream.text).toBe('one two three ');
    expect(model.tabs[0]).toBe('stream');
    expect(model.notes[0]).toMatch(/connection was lost/);
  });

  it('does not show the key, also when the app repeats it', async () => {
    const auth = { secretRef: 'any', header: 'Authorization', scheme: 'Bearer' };
    const chunks: Uint8Array[] = [];
    const result = await sender.send(spec('/echo', { auth }), signal(), {
      onChunk: (bytes) => chunks.push(bytes),
    });
    expect(result.body).toContain(`authorization: Bearer ${'*'.repeat(key.length)}`);
    expect(result.headers['x-seen']).toBe(`Bearer ${'*'.repeat(key.length)}`);
    expect(result.keyMasked).toBe(true);
    const everything = [
      JSON.stringify(result),
      Buffer.from(result.bytes!),
      Buffer.concat(chunks),
      world.logged.join(),
    ];
    expect(everything.join()).not.toContain(key);
  });

  it("explains Modal's own refusals: the budget, and an app that is stopped", async () => {
    await faults({ budgetExhausted: true });
    const refused = await sender.send(spec('/scores'), signal());
    expect(explainResult(refused)).toMatchObject({ action: 'openDashboard' });
    await world.simulator.admin('DELETE', '/faults');
    await world.plane.stopApp(app.id);
    const stopped = await sender.send(spec('/scores'), signal());
    expect(explainResult(stopped)).toMatchObject({ action: 'deploy' });
  });
});
