/** The thread that looks for outdated code, for the reason that `parserWorker.ts` gives. A bundle of its own. */
import { parentPort } from 'node:worker_threads';
import type { Rates } from '../domain/cost.ts';
import { diagnose } from './diagnose.ts';
import type { Hovered } from './help/hover.ts';
import { hoveredAt } from './help/hover.ts';
import type { NamedUse } from './help/namedUses.ts';
import { namedUses } from './help/namedUses.ts';
import type { Wanted } from './help/wanted.ts';
import { wantedAt } from './help/wanted.ts';
import type { Finding } from './rule.ts';

/** What can be asked of a file, with its answers. */
interface Questions {
  readonly findings: {
    /** @property release of the `modal` that will read the file */
    readonly given: { readonly release: string; readonly rates: Rates };
    readonly answer: readonly Finding[];
  };
  readonly wanted: { readonly given: { readonly at: number }; readonly answer: Wanted | undefined };
  readonly uses: { readonly given: object; readonly answer: readonly NamedUse[] };
  readonly hovered: {
    readonly given: { readonly at: number; readonly rates: Rates; readonly now: number };
    readonly answer: Hovered | undefined;
  };
}

export type Given<Ask extends keyof Questions> = Questions[Ask]['given'];

type QuestionOf<Ask extends keyof Questions> = Questions[Ask]['given'] & {
  readonly ask: Ask;
  readonly text: string;
};

export type DoctorQuestion =
  QuestionOf<'findings'> | QuestionOf<'wanted'> | QuestionOf<'uses'> | QuestionOf<'hovered'>;
export type DoctorAnswer<Ask extends keyof Questions = keyof Questions> = Questions[Ask]['answer'];

function answer(question: DoctorQuestion): DoctorAnswer {
  switch (question.ask) {
    case 'findings':
      return diagnose(question.text, question.release, question.rates);
    case 'wanted':
      return wantedAt(question.text, question.at);
    case 'uses':
      return namedUses(question.text);
    case 'hovered':
      return hoveredAt(question.text, question.at, question.rates, question.now);
  }
}

parentPort?.on('message', (question: DoctorQuestion) => {
  parentPort?.postMessage(answer(question));
});
