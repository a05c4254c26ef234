import type { LoadAmount, LoadPlan } from '../../../domain/load.ts';
import { ModalError } from '../../../domain/errors.ts';

/** Bounds of a load test: a slip of the finger must never cost a fortune. */
export const loadLimits = {
  requests: 100_000,
  concurrency: 200,
  seconds: 15 * 60,
  costUsd: 100,
} as const;

export const defaultPlan: LoadPlan = {
  amount: { kind: 'requests', count: 100 },
  concurrency: 10,
  limitSeconds: 5 * 60,
  costLimitUsd: 1,
};

const amountHelp = 'Enter a number of requests, such as 500, or a time, such as 30s or 5m.';

/**
 * Reads `500`, `1,000 requests`, `30s`, `90 seconds` or `5 min`.
 * @returns a sentence where it is not understood or out of bounds
 */
export function parseAmount(text: string): LoadAmount | string {
  const typed = text.trim();
  const digits = /^\d[\d,_ ]*/.exec(typed)?.[0] ?? '';
  const said = typed.slice(digits.length).trim();
  const number = Number(digits.replaceAll(/[,_ ]/g, ''));
  if (number < 1 || !/^(?:r(?:equests?)?|s(?:ec(?:ond)?s?)?|m(?:in(?:ute)?s?)?)?$/i.test(said))
    return amountHelp;
  const unit = said === '' ? 'r' : said.charAt(0).toLowerCase();
  if (unit === 'r')
    return number > loadLimits.requests ? 'At most 100,000 requests.' : { kind: 'requests', count: number };
  const seconds = unit === 'm' ? number * 60 : number;
  return seconds > loadLimits.seconds ? 'At most 15 minutes.' : { kind: 'seconds', seconds };
}

/** As `parseAmount` reads it. */
export function amountInput(amount: LoadAmount): string {
  return amount.kind === 'seconds' ? `${amount.seconds}s` : String(amount.count);
}

/** @returns a sentence where it is not understood or out of bounds */
export function parseConcurrency(text: string): number | string {
  const number = Number(text.trim() || Number.NaN);
  if (Number.isInteger(number) && number >= 1 && number <= loadLimits.concurrency) return number;
  return 'Enter a whole number from 1 to 200.';
}

/** @returns seconds, or a sentence where it is not understood or out of bounds */
export function parseTimeLimit(text: string): number | string {
  const amount = parseAmount(text);
  if (typeof amount === 'string' && amount !== amountHelp) return amount;
  if (typeof amount === 'string' || amount.kind === 'requests') return 'Enter a time, such as 30s or 5m.';
  return amount.seconds;
}

/** @returns US dollars, or a sentence where it is not understood or out of bounds */
export function parseCostLimit(text: string): number | string {
  const usd = Number(text.trim().replace(/^\$/, '') || Number.NaN);
  if (Number.isFinite(usd) && usd > 0 && usd <= loadLimits.costUsd) return usd;
  return 'Enter US dollars, more than 0 and at most 100.';
}

/** A plan whose time is its amount, where that is a time. */
export function withAmount(plan: LoadPlan, amount: LoadAmount): LoadPlan {
  return { ...plan, amount, ...(amount.kind === 'seconds' ? { limitSeconds: amount.seconds } : {}) };
}

/**
 * The last guard before anything is sent, whoever made the plan.
 * @throws kind `invalid` for a plan without bounds or beyond them
 */
export function checkPlan({ amount, concurrency, limitSeconds, costLimitUsd }: LoadPlan): void {
  const wrong =
    !within(amount.kind === 'requests' ? amount.count : 1, loadLimits.requests) ||
    !within(amount.kind === 'seconds' ? amount.seconds : 1, loadLimits.seconds) ||
    !within(concurrency, loadLimits.concurrency) ||
    !within(limitSeconds, loadLimits.seconds) ||
    !(costLimitUsd > 0 && costLimitUsd <= loadLimits.costUsd);
  if (!wrong) return;
  throw new ModalError(
    'invalid',
    'A load test needs bounds: at most 100,000 requests, 200 at a time, 15 minutes and $100.',
  );
}

/** Whether what was kept is a plan within the bounds of this version. */
export function isPlan(value: unknown): value is LoadPlan {
  const { amount, costLimitUsd } = (value ?? {}) as Partial<LoadPlan>;
  if (!['requests', 'seconds'].includes(amount?.kind ?? '') || typeof costLimitUsd !== 'number') return false;
  try {
    checkPlan(value as LoadPlan);
    return true;
  } catch {
    return false;
  }
}

const within = (value: number, most: number) => Number.isInteger(value) && value >= 1 && value <= most;
