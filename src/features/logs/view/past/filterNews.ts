import type { LogFilter } from '../../../../domain/logFilter.ts';

/** Whether the host has to be told what a log is filtered by. */
export class FilterNews {
  #told = '';

  /**
   * @param session whose past is shown; '' = none
   * @param filtered whose filter it is: for a moment, while another log is chosen, that is the other one's
   * @returns whether it is to be told
   */
  take(session: string, filtered: string, filter: LogFilter): boolean {
    const told = JSON.stringify([session, filter]);
    if (!session || session !== filtered || told === this.#told) return false;
    this.#told = told;
    return true;
  }
}
