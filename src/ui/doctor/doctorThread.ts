import type { Disposable } from '../../domain/emitter.ts';
import type { DoctorAnswer, DoctorQuestion, Given } from '../../doctor/doctorWorker.ts';
import { ParserThread } from '../../scripts/parserThread.ts';

/** Asks the thread of the doctor. A file that takes too long has no answers. */
export class DoctorThread implements Disposable {
  readonly #thread: ParserThread<DoctorQuestion, DoctorAnswer>;

  /** @param workerFile bundle of `doctorWorker.ts` */
  constructor(workerFile: string) {
    this.#thread = new ParserThread<DoctorQuestion, DoctorAnswer>(workerFile, undefined);
  }

  async findings(text: string, given: Given<'findings'>): Promise<NonNullable<DoctorAnswer<'findings'>>> {
    const found = await this.#thread.ask({ ask: 'findings', text, ...given });
    return (found as DoctorAnswer<'findings'> | undefined) ?? [];
  }

  async wanted(text: string, given: Given<'wanted'>): Promise<DoctorAnswer<'wanted'>> {
    return (await this.#thread.ask({ ask: 'wanted', text, ...given })) as DoctorAnswer<'wanted'>;
  }

  async uses(text: string): Promise<DoctorAnswer<'uses'>> {
    const found = await this.#thread.ask({ ask: 'uses', text });
    return (found as DoctorAnswer<'uses'> | undefined) ?? [];
  }

  async hovered(text: string, given: Given<'hovered'>): Promise<DoctorAnswer<'hovered'>> {
    return (await this.#thread.ask({ ask: 'hovered', text, ...given })) as DoctorAnswer<'hovered'>;
  }

  dispose(): void {
    this.#thread.dispose();
  }
}
