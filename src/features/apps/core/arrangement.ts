import type { AppFilter } from './appFilter.ts';
import { filterStates, judgesDetails, noAppFilter } from './appFilter.ts';

export const groupings = ['environment', 'none', 'state', 'gpu'] as const;
export type Grouping = (typeof groupings)[number];

export const sortings = ['name', 'deployed', 'running'] as const;
export type Sorting = (typeof sortings)[number];

/** How apps are filtered, grouped and sorted; kept for each workspace folder. */
export interface Arrangement {
  readonly filter: AppFilter;
  readonly groupBy: Grouping;
  readonly sortBy: Sorting;
}

export const defaultArrangement: Arrangement = {
  filter: noAppFilter,
  groupBy: 'environment',
  sortBy: 'name',
};

/** Whether functions of all apps are needed, not only of those that somebody looks at. */
export function needsAllDetails({ filter, groupBy }: Arrangement): boolean {
  return groupBy === 'gpu' || judgesDetails(filter);
}

/** Reads what an older or newer version may have stored: every part that cannot be used is as if it were not there. */
export function readArrangement(stored: unknown): Arrangement {
  const { filter, groupBy, sortBy } = asRecord(stored);
  const { text, states, gpus, environments, mine, functions } = asRecord(filter);
  return {
    filter: {
      text: typeof text === 'string' ? text : '',
      states: filterStates.filter((state) => asTexts(states).includes(state)),
      gpus: asTexts(gpus),
      environments: asTexts(environments),
      mine: mine === true,
      functions: functions === true,
    },
    groupBy: groupings.find((grouping) => grouping === groupBy) ?? defaultArrangement.groupBy,
    sortBy: sortings.find((sorting) => sorting === sortBy) ?? defaultArrangement.sortBy,
  };
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function asTexts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
