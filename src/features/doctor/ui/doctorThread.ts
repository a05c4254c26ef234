import type { Disposable } from '../../../shared/emitter.ts';
import type { DoctorAnswer, DoctorQuestion, Given } from '../core/doctorWorker.ts';
import type { Examined } from '../core/examine.ts';
import { ParserThread } from '../../workspace/core/index.ts';

/** Asks the thread of the doctor. A file that takes too long has no answers. */
export class DoctorThread implements Disposable {
  readonly #thread: ParserThread<DoctorQuestion, DoctorAnswer>;

  /** @param workerFile bundle of `doctorWorker.ts` */
  constructor(workerFile: string) {
    this.#thread = new ParserThread<DoctorQuestion, DoctorAnswer>(workerFile, undefined);
  }

  async examined(text: string, given: Given<'examined'>): Promise<Examined> {
    const found = await this.#thread.ask({ ask: 'examined', text, ...given });
    return (found as Examined | undefined) ?? { findings: [], uses: [], imports: [] };
  }

  async wanted(text: string, given: Given<'wanted'>): Promise<DoctorAnswer<'wanted'>> {
    return (await this.#thread.ask({ ask: 'wanted', text, ...given })) as DoctorAnswer<'wanted'>;
  }

  async hovered(text: string, given: Given<'hovered'>): Promise<DoctorAnswer<'hovered'>> {
    return (await this.#thread.ask({ ask: 'hovered', text, ...given })) as DoctorAnswer<'hovered'>;
  }

  dispose(): void {
    this.#thread.dispose();
  }
}
