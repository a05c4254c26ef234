import * as vscode from 'vscode';
import type { LoadPlan } from '../../../domain/load.ts';
import { amountWords, secondsWords } from '../../../domain/load.ts';
import {
  amountInput,
  parseAmount,
  parseConcurrency,
  parseCostLimit,
  parseTimeLimit,
  withAmount,
} from '../../../requests/load/limits.ts';
import { planWords } from '../../../domain/loadReport.ts';
import { pick } from '../../commands/pick.ts';
import type { LoadTarget } from './loadRequest.ts';
import { chooseRequest, requestWords } from './loadRequest.ts';

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
  const { t } = vscode.l10n;
  const row = (value: Line, icon: string, label: string, detail: string, description = '') => ({
    value,
    label,
    description,
    detail,
    iconPath: new vscode.ThemeIcon(icon),
  });
  const { amount, concurrency, limitSeconds, costLimitUsd } = plan;
  return pick(t('Load Test of {0}', app.name), t('Choose Start, or a value to change'), [
    row(
      'start',
      'play',
      t('Start…'),
      t('You see the price and are asked before anything is sent.'),
      planWords(plan),
    ),
    row(
      'request',
      'globe',
      t('Request: {0}', requestWords(request)),
      t('What each request sends.'),
      request.title,
    ),
    row(
      'amount',
      'symbol-number',
      t('Length: {0}', amountWords(amount)),
      t('A number of requests, or a time.'),
    ),
    row(
      'concurrency',
      'layers',
      t('Concurrency: {0}', concurrency),
      t('Requests that are open at the same time; each sends the next when its answer is complete.'),
    ),
    ...(amount.kind === 'requests'
      ? [
          row(
            'time',
            'clock',
            t('Time limit: {0}', secondsWords(limitSeconds)),
            t('The test ends then at the latest.'),
          ),
        ]
      : []),
    row(
      'cost',
      'credit-card',
      t('Cost limit: {0}', `$${costLimitUsd.toFixed(2)}`),
      t('The test ends when its containers have cost about this much.'),
    ),
  ]);
}

async function editLine(
  line: Exclude<Line, 'start' | 'request'>,
  plan: LoadPlan,
): Promise<LoadPlan | undefined> {
  const { t } = vscode.l10n;
  switch (line) {
    case 'amount': {
      const prompt = t(
        'A number of requests, such as 500 (at most 100,000), or a time, such as 30s or 5m (at most 15m)',
      );
      const amount = await ask(t('Length'), prompt, amountInput(plan.amount), parseAmount);
      return amount && withAmount(plan, amount);
    }
    case 'concurrency': {
      const prompt = t('Requests that are open at the same time, 1 to 200');
      const concurrency = await ask(t('Concurrency'), prompt, String(plan.concurrency), parseConcurrency);
      return concurrency === undefined ? undefined : { ...plan, concurrency };
    }
    case 'time': {
      const prompt = t('The test ends then at the latest, such as 30s or 5m (at most 15m)');
      const limitSeconds = await ask(t('Time Limit'), prompt, `${plan.limitSeconds}s`, parseTimeLimit);
      return limitSeconds === undefined ? undefined : { ...plan, limitSeconds };
    }
    case 'cost': {
      const prompt = t(
        'US dollars; the test ends when its containers have cost about this much (at most 100)',
      );
      const usd = await ask(t('Cost Limit'), prompt, plan.costLimitUsd.toFixed(2), parseCostLimit);
      return usd === undefined ? undefined : { ...plan, costLimitUsd: usd };
    }
  }
}

/** @param parse gives a sentence for what it does not understand */
async function ask<T extends object | number>(
  title: string,
  prompt: string,
  value: string,
  parse: (text: string) => T | string,
): Promise<T | undefined> {
  const text = await vscode.window.showInputBox({
    title,
    prompt,
    value,
    validateInput: (typed) => {
      const parsed = parse(typed);
      return typeof parsed === 'string' ? parsed : undefined;
    },
  });
  const parsed = text === undefined ? undefined : parse(text);
  return typeof parsed === 'string' ? undefined : parsed;
}
