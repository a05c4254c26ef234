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
  return pick(text`Load Test of ${app.name}`, text`Choose Start, or a value to change`, [
    row(
      'start',
      'play',
      text`Start…`,
      text`You see the price and are asked before anything is sent.`,
      planWords(plan),
    ),
    row(
      'request',
      'globe',
      text`Request: ${requestWords(request)}`,
      text`What each request sends.`,
      request.title,
    ),
    row(
      'amount',
      'symbol-number',
      text`Length: ${amountWords(amount)}`,
      text`A number of requests, or a time.`,
    ),
    row(
      'concurrency',
      'layers',
      text`Concurrency: ${concurrency}`,
      text`Requests that are open at the same time; each sends the next when its answer is complete.`,
    ),
    ...(amount.kind === 'requests'
      ? [
          row(
            'time',
            'clock',
            text`Time limit: ${formatDuration(limitSeconds * 1000)}`,
            text`The test ends then at the latest.`,
          ),
        ]
      : []),
    row(
      'cost',
      'credit-card',
      text`Cost limit: ${formatUsd(costLimitUsd)}`,
      text`The test ends when its containers have cost about this much.`,
    ),
  ]);
}

async function editLine(
  line: Exclude<Line, 'start' | 'request'>,
  plan: LoadPlan,
): Promise<LoadPlan | undefined> {
  switch (line) {
    case 'amount': {
      const prompt = text`A number of requests, such as 500 (at most 100,000), or a time, such as 30s or 5m (at most 15m)`;
      const amount = await ask(text`Length`, prompt, amountInput(plan.amount), parseAmount);
      return amount && withAmount(plan, amount);
    }
    case 'concurrency': {
      const prompt = text`Requests that are open at the same time, 1 to 200`;
      const concurrency = await ask(text`Concurrency`, prompt, String(plan.concurrency), parseConcurrency);
      return concurrency === undefined ? undefined : { ...plan, concurrency };
    }
    case 'time': {
      const prompt = text`The test ends then at the latest, such as 30s or 5m (at most 15m)`;
      const limitSeconds = await ask(text`Time Limit`, prompt, `${plan.limitSeconds}s`, parseTimeLimit);
      return limitSeconds === undefined ? undefined : { ...plan, limitSeconds };
    }
    case 'cost': {
      const prompt = text`US dollars; the test ends when its containers have cost about this much (at most 100)`;
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
