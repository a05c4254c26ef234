import { describe, expect, it } from 'vitest';
import { silentLogger } from '../../../src/shared/logger.ts';
import { AuthTokens, lifeOf } from '../../../src/modal/authTokens.ts';

const hour = 60 * 60_000;
const day = 24 * hour;

class Server {
  /** Unix seconds, as the server has them. */
  time = 1_800_000_000;
  asked = 0;
  failure: Error | undefined;

  readonly token = (): Promise<string> => {
    this.asked++;
    if (this.failure !== undefined) return Promise.reject(this.failure);
    return Promise.resolve(jwt({ iat: this.time, exp: this.time + 3600, n: this.asked }));
  };
}

function jwt(claims: object): string {
  return ['', JSON.stringify(claims), ''].map((part) => Buffer.from(part).toString('base64url')).join('.');
}

function setup(wallAheadMs = 0) {
  const server = new Server();
  const clock = { steady: 0, wall: server.time * 1000 + wallAheadMs };
  const tokens = new AuthTokens(server.token, silentLogger, {
    steady: () => clock.steady,
    wall: () => clock.wall,
  });
  const pass = (ms: number) => {
    clock.steady += ms;
    clock.wall += ms;
    server.time += ms / 1000;
  };
  return { server, clock, tokens, pass };
}

describe('the token that calls carry', () => {
  it.each([0, day, -day, 400 * day])(
    'is asked for twice in an hour with a clock off by %i ms',
    async (off) => {
      const { server, tokens, pass } = setup(off);
      for (let at = 0; at < 59; at++) {
        await tokens.getToken();
        pass(60_000);
      }
      expect(server.asked).toBe(2);
    },
  );

  it('is asked for once more when the clock is set on, and not again', async () => {
    const { server, clock, tokens, pass } = setup();
    await tokens.getToken();
    clock.wall += day;
    for (let at = 0; at < 20; at++) {
      await tokens.getToken();
      pass(60_000);
    }
    expect(server.asked).toBe(2);
  });

  it('ages though the clock is set back', async () => {
    const { server, clock, tokens, pass } = setup();
    await tokens.getToken();
    clock.wall -= day;
    pass(hour);
    await tokens.getToken();
    expect(server.asked).toBe(2);
  });

  it('has aged when the machine wakes from a sleep, in which the steady clock stood still', async () => {
    const { server, clock, tokens } = setup();
    await tokens.getToken();
    clock.wall += 2 * hour;
    await tokens.getToken();
    expect(server.asked).toBe(2);
  });

  it('is asked for once by calls at the same time', async () => {
    const { server, tokens } = setup();
    const all = await Promise.all([tokens.getToken(), tokens.getToken(), tokens.getToken()]);
    expect(new Set(all).size).toBe(1);
    expect(server.asked).toBe(1);
  });

  it('stays in use while no new one can be had, which is tried less and less often', async () => {
    const { server, tokens, pass } = setup();
    const first = await tokens.getToken();
    pass(hour);
    server.failure = Object.assign(new Error('no'), { code: 14 });
    for (let at = 0; at < 600; at++) {
      expect(await tokens.getToken()).toBe(first);
      pass(1000);
    }
    expect(server.asked).toBeLessThanOrEqual(20);
    server.failure = undefined;
    pass(60_000);
    expect(await tokens.getToken()).not.toBe(first);
  });

  it('is not used on when the server denies a new one, nor after it was refused', async () => {
    const { server, tokens, pass } = setup();
    const first = await tokens.getToken();
    tokens.forget();
    const second = await tokens.getToken();
    expect(second).not.toBe(first);
    pass(hour);
    server.failure = Object.assign(new Error('revoked'), { code: 16 });
    await expect(tokens.getToken()).rejects.toThrow('revoked');
  });
});

describe('the life of a token', () => {
  const now = 1_800_000_000_000;

  it.each([
    ['as it says itself', jwt({ iat: 100, exp: 700 }), 600_000],
    ['as is left of it where it does not say when it was made', jwt({ exp: now / 1000 + 60 }), 60_000],
    ['as usual where the clock is ahead of its end', jwt({ exp: 700 }), 1_200_000],
    ['as usual where the clock is far behind', jwt({ exp: now / 1000 + 86_400 }), 1_200_000],
    ['as usual where it ends before it was made', jwt({ iat: 700, exp: 100 }), 1_200_000],
    ['as usual where it says no number', jwt({ iat: '1', exp: null }), 1_200_000],
    ['as usual where it is no such token', 'abc', 1_200_000],
  ])('is %s', (_, token, life) => {
    expect(lifeOf(token, now)).toBe(life);
  });
});
