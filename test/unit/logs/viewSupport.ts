import type { EntriesMessage, ShownRow } from '../../../src/features/logs/messages.ts';
import { line } from './support.ts';

export const shown = (row: number, text = String(row)): ShownRow => ({ row, entry: line(text) });

export const message = (changes: Partial<EntriesMessage>): EntriesMessage => ({
  type: 'entries',
  session: 's',
  number: 1,
  reset: false,
  first: 0,
  end: 0,
  from: 0,
  rows: [],
  updates: [],
  dropped: 0,
  problem: '',
  filterNumber: 0,
  isFiltering: false,
  total: 0,
  ...changes,
});
