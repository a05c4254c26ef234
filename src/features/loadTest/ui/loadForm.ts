import * as vscode from 'vscode';
import type { LoadPlan } from '../../../domain/load.ts';
import { amountWords } from '../../../domain/load.ts';
import {
  amountInput,
  parseAmount,
  parseConcurrency,
  parseCostLimit,
  parseTimeLimit,
  withAmount,
} from '../core/limits.ts';
import { planWords } from '../../../domain/loadReport.ts';
import type { Text } from '../../../shared/text.ts';
import { plain, text } from '../../../shared/text.ts';
import { pick } from '../../../editor/pick.ts';
import type { LoadTarget } from './loadRequest.ts';
import { chooseRequest, requestWords } from './loadRequest.ts';
import { showInput } from '../../../editor/shown/inputs.ts';
import { formatDuration } from '../../../shared/format.ts';
import { formatUsd } from '../../../domain/priceText.ts';

type Line = 'start' | 'request' | 'amount' | 'concurrency' | 'time' | 'cost';

/** Shows the test, Enter goes on, any line can be changed. @returns undefined when the user left */
export async function editLoad(
  target: LoadTarget,
  plan: LoadPlan,
): Promise<{ target: LoadTarget; plan: LoadPlan } | undefined> {
  let wanted = { target, plan };
  for (;;) {
    const line = await chooseLine(wanted.target, wanted.plan);
    if (line === undefined) return undefined;
    if (line === 'start') return wanted;
    if (line === 'request') {
      const request = await chooseRequest(wanted.target);
      if (request) wanted = { ...wanted, target: { ...wanted.target, request } };
    } else wanted = { ...wanted, plan: (await editLine(line, wanted.plan)) ?? wanted.plan };
  }
}

function chooseLine({ app, request }: LoadTarget, plan: LoadPlan): Promise<Line | undefined> {
  const row = (value: Line, icon: string, label: string, detail: string, description = '') => ({
    value,
    label: plain(label),
    description: plain(description),
    detail: plain(detail),
    iconPath: new vscode.ThemeIcon(icon),
  });
  const { amount, concurrency, limitSeconds, costLimitUsd } = plan;
  return pick(text`Load Test of ${app.name}`, text`Select Start, or a value to change`, [
    row('start', 'play', text`Start…`, text`You'll confirm the maximum cost first.`, planWords(plan)),
    row(
      'request',
      'globe',
      text`Request: ${requestWords(request)}`,
      text`What each request sends`,
      request.title,
    ),
    row(
      'amount',
      'symbol-number',
      text`Duration: ${amountWords(amount)}`,
      text`Number of requests, or a time`,
    ),
    row(
      'concurrency',
      'layers',
      text`Concurrency: ${concurrency}`,
      text`Concurrent connections; each sends its next request after a response`,
    ),
    ...(amount.kind === 'requests'
      ? [
          row(
            'time',
            'clock',
            text`Time limit: ${formatDuration(limitSeconds * 1000)}`,
            text`Stops the test after this time`,
          ),
        ]
      : []),
    row(
      'cost',
      'credit-card',
      text`Cost limit: ${formatUsd(costLimitUsd)}`,
      text`Stops the test when its containers have cost about this much`,
    ),
  ]);
}

async function editLine(
  line: Exclude<Line, 'start' | 'request'>,
  plan: LoadPlan,
): Promise<LoadPlan | undefined> {
  switch (line) {
    case 'amount': {
      const prompt = text`Number of requests (for example 500, at most 100,000) or time (for example 30s or 5m, at most 15m)`;
      const amount = await ask(text`Duration`, prompt, amountInput(plan.amount), parseAmount);
      return amount && withAmount(plan, amount);
    }
    case 'concurrency': {
      const prompt = text`Concurrent connections, 1 to 200`;
      const concurrency = await ask(text`Concurrency`, prompt, String(plan.concurrency), parseConcurrency);
      return concurrency === undefined ? undefined : { ...plan, concurrency };
    }
    case 'time': {
      const prompt = text`Stops the test after this time, for example 30s or 5m (at most 15m)`;
      const limitSeconds = await ask(text`Time Limit`, prompt, `${plan.limitSeconds}s`, parseTimeLimit);
      return limitSeconds === undefined ? undefined : { ...plan, limitSeconds };
    }
    case 'cost': {
      const prompt = text`US dollars; stops the test when its containers have cost about this much (at most 100)`;
      const usd = await ask(text`Cost Limit`, prompt, plan.costLimitUsd.toFixed(2), parseCostLimit);
      return usd === undefined ? undefined : { ...plan, costLimitUsd: usd };
    }
  }
}

/** @param parse gives a sentence for what it does not understand */
async function ask<T extends object | number>(
  title: Text,
  prompt: Text,
  value: string,
  parse: (text: string) => T | string,
): Promise<T | undefined> {
  const entered = await showInput({
    title,
    prompt,
    value,
    validateInput: (typed) => {
      const parsed = parse(typed);
      return typeof parsed === 'string' ? plain(parsed) : undefined;
    },
  });
  const parsed = entered === undefined ? undefined : parse(entered);
  return typeof parsed === 'string' ? undefined : parsed;
}
