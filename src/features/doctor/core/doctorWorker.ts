/** The thread that looks for outdated code, for the reason that `parserWorker.ts` gives. A bundle of its own. */
import { parentPort } from 'node:worker_threads';
import type { Rates } from '../../../domain/cost.ts';
import type { Examined } from './examine.ts';
import { examine } from './examine.ts';
import type { Hovered } from './help/hover.ts';
import { hoveredAt } from './help/hover.ts';
import type { Wanted } from './help/wanted.ts';
import { wantedAt } from './help/wanted.ts';

/** What can be asked of a file, with its answers. */
interface Questions {
  readonly examined: {
    /** @property release of the `modal` that will read the file */
    readonly given: { readonly release: string; readonly rates: Rates };
    readonly answer: Examined;
  };
  readonly wanted: { readonly given: { readonly at: number }; readonly answer: Wanted | undefined };
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

export type DoctorQuestion = QuestionOf<'examined'> | QuestionOf<'wanted'> | QuestionOf<'hovered'>;
export type DoctorAnswer<Ask extends keyof Questions = keyof Questions> = Questions[Ask]['answer'];

function answer(question: DoctorQuestion): DoctorAnswer {
  switch (question.ask) {
    case 'examined':
      return examine(question.text, question.release, question.rates);
    case 'wanted':
      return wantedAt(question.text, question.at);
    case 'hovered':
      return hoveredAt(question.text, question.at, question.rates, question.now);
  }
}

parentPort?.on('message', (question: DoctorQuestion) => {
  parentPort?.postMessage(answer(question));
});
