import type { ModalClient } from 'modal';
import type { Logger } from '../shared/logger.ts';

export interface Clocks {
  /** Milliseconds that never go back; they may stand still while the machine sleeps. */
  steady(): number;
  /** Unix milliseconds of this machine, which may be wrong and may jump. */
  wall(): number;
}

const realClocks: Clocks = { steady: () => performance.now(), wall: () => Date.now() };

/** As the official clients take it where a token does not tell. */
const usualLifeMs = 20 * 60_000;
/** A token is made anew after this part of its life. */
const freshPart = 0.5;
const fetchLimitMs = 5000;
const firstPauseMs = 500;
const longestPauseMs = 60_000;

interface Token {
  readonly value: string;
  readonly lifeMs: number;
  readonly steadyAt: number;
  readonly wallAt: number;
}

/**
 * The short-lived token that each call carries. The SDK's own keeper compares the time at which one ends with the clock
 * of this machine, and where that is ahead it asks for a new token before every call. Here a token's age counts, from
 * the moment it came: how long it lives is the difference of two times of the server.
 */
export class AuthTokens {
  readonly #fetch: () => Promise<string>;
  readonly #logger: Logger;
  readonly #clocks: Clocks;
  #token: Token | undefined;
  #fetching: Promise<void> | undefined;
  #pauseMs = firstPauseMs;
  #failedAt = Number.NEGATIVE_INFINITY;

  /** @param fetch asks the server for a token */
  constructor(fetch: () => Promise<string>, logger: Logger, clocks: Clocks = realClocks) {
    this.#fetch = fetch;
    this.#logger = logger;
    this.#clocks = clocks;
  }

  /** What the SDK calls before each call. @throws as the server does, when there is no token to go on with */
  readonly getToken = async (): Promise<string> => {
    const known = this.#token;
    if (known && !this.#isOld(known)) return known.value;
    if (known && this.#clocks.steady() - this.#failedAt < this.#pauseMs) return known.value;
    await (this.#fetching ??= this.#renew().finally(() => (this.#fetching = undefined)));
    return this.#token?.value ?? '';
  };

  /** Forgets the token, because the server did not take it. */
  forget(): void {
    this.#token = undefined;
  }

  /** The wall tells of time that the machine has slept, the steady clock of time that a clock set back hides. */
  #isOld({ lifeMs, steadyAt, wallAt }: Token): boolean {
    const age = Math.max(this.#clocks.steady() - steadyAt, this.#clocks.wall() - wallAt);
    return age >= lifeMs * freshPart;
  }

  async #renew(): Promise<void> {
    const before = this.#token;
    try {
      const value = await this.#fetch();
      const [steadyAt, wallAt] = [this.#clocks.steady(), this.#clocks.wall()];
      this.#token = { value, lifeMs: lifeOf(value, wallAt), steadyAt, wallAt };
      this.#pauseMs = firstPauseMs;
    } catch (error) {
      if (!before || isDenied(error)) throw error;
      // It may still be good: the server says so with each call.
      this.#pauseMs = Math.min(this.#pauseMs * 2, longestPauseMs);
      this.#failedAt = this.#clocks.steady();
      this.#logger.warn('A new token for calls could not be had; the one before is used on.');
    }
  }
}

/** Makes clients of one connection share a keeper of tokens. It takes the place of the SDK's own, which is no option. */
export function useTokens(client: ModalClient, tokens: AuthTokens): void {
  Object.assign(client, { authTokenManager: tokens });
}

/** Asks for a token by a client, once. */
export async function fetchToken(client: ModalClient): Promise<string> {
  const { token } = await client.cpClient.authTokenGet({}, { retries: 0, timeoutMs: fetchLimitMs });
  return token;
}

/** How long a token lives from the moment it was made, in milliseconds. */
export function lifeOf(token: string, now: number): number {
  const { exp, iat } = claimsOf(token);
  const said = exp !== undefined && iat !== undefined ? (exp - iat) * 1000 : 0;
  if (said > 0) return said;
  const left = exp === undefined ? 0 : exp * 1000 - now;
  return left > 0 && left < usualLifeMs ? left : usualLifeMs;
}

function claimsOf(token: string): { readonly exp?: number; readonly iat?: number } {
  try {
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<
      string,
      unknown
    >;
    const seconds = (name: string) => {
      const value = claims[name];
      return typeof value === 'number' && Number.isFinite(value) ? { [name]: value } : {};
    };
    return { ...seconds('exp'), ...seconds('iat') };
  } catch {
    return {};
  }
}

const unauthenticated = 16;
const permissionDenied = 7;

function isDenied(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return code === unauthenticated || code === permissionDenied;
}
