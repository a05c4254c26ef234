import type { Text } from '../shared/text.ts';
import type { PickItem } from './shown/inputs.ts';
import { showPick } from './shown/inputs.ts';

export interface ValueItem<T> extends PickItem {
  readonly value: T;
}

/** @returns undefined when the user left */
export async function pick<T>(
  title: Text,
  placeHolder: Text,
  items: readonly ValueItem<T>[],
): Promise<T | undefined> {
  const chosen = await showPick(items, {
    title,
    placeHolder,
    matchOnDescription: true,
    matchOnDetail: true,
  });
  return chosen?.value;
}
