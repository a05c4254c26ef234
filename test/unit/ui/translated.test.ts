import { expect, it, vi } from 'vitest';
import { datedRates } from '../../../src/domain/cost.ts';
import { loadUnits } from '../../../src/domain/loadCost.ts';
import { AnswerModel } from '../../../src/requests/answer/answerModel.ts';
import { StreamReader } from '../../../src/requests/answer/streamReader.ts';
import { defaultPlan } from '../../../src/requests/load/limits.ts';
import { firstChoices, tabContent } from '../../../src/ui/requests/answerTabs.ts';
import {
  actionLooks,
  lineWords,
  stateLooks,
  stepNames,
  summaryWords,
} from '../../../src/ui/requests/health/healthWords.ts';
import { confirmationLines, seenCost } from '../../../src/ui/requests/load/loadWords.ts';
import { RequestSession } from '../../../src/ui/requests/requestSession.ts';
import { appOf, endpointOf } from '../support/apps.ts';
import { catalogApp } from '../support/catalogApp.ts';
import { httpResult } from '../support/httpResult.ts';

// An editor in another language, where every text is seen to be a translation.
vi.mock('vscode', () => ({ l10n: { t: (text: string) => `⟦${text}⟧` } }));

const isTranslated = expect.stringMatching(/^⟦.*⟧$/) as string;

it('says the health of an endpoint in the language of the editor', () => {
  const words = [
    ...Object.values(stepNames),
    ...Object.values(stateLooks).map(({ word }) => word),
    ...Object.values(actionLooks).map(({ title }) => title),
    lineWords({ step: 'key', state: 'good', text: '' }),
    ...(['good', 'bad', 'warning', 'unknown'] as const).map((state) =>
      summaryWords([{ step: 'key', state, text: '' }]),
    ),
  ];
  expect(words).toEqual(words.map(() => isTranslated));
});

it('asks before a load test in the language of the editor', () => {
  const units = loadUnits([], 'web', new Map(), 1, datedRates);
  const lines = confirmationLines('GET /', defaultPlan, units, datedRates).filter(
    (line) => !line.startsWith('GPU: '), // said by all questions
  );
  const seen = [new Map([['A10', 1]]), new Map<string, number>()].map(
    (seconds) => seenCost(seconds, 1, datedRates).basis,
  );
  const words = [...lines, ...seen];
  expect(words).toEqual(words.map(() => isTranslated));
});

it('names requests in the language of the editor', () => {
  const bundled = catalogApp();
  const target = { app: appOf(), endpoint: endpointOf() };
  const [hand, sample, operation] = new RequestSession(target, bundled).context.entries;
  expect([hand?.label, sample?.group, operation?.group]).toEqual([isTranslated, isTranslated, isTranslated]);
});

it('names the answer before in the language of the editor', () => {
  const model = new AnswerModel({ result: httpResult(), stream: new StreamReader({}), sample: undefined });
  const before = [{ label: 'data[0].embedding', first: [], values: new Float64Array([1, 2]) }];
  expect(tabContent('vectors', model, firstChoices, before)).toMatchObject({ others: [isTranslated] });
});
