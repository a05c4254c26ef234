/** Small wordings that rows, tooltips and messages share. */

const units: readonly (readonly [number, string, string])[] = [
  [86_400_000, 'd', 'day'],
  [3_600_000, 'h', 'hour'],
  [60_000, 'm', 'minute'],
];

/** `5m ago` for rows. @param since unix milliseconds; undefined where nobody knows */
export function shortAge(since: number | undefined, now: number): string {
  if (since === undefined) return 'time unknown';
  const elapsed = Math.max(0, now - since);
  const unit = units.find(([size]) => elapsed >= size);
  return unit ? `${Math.floor(elapsed / unit[0])}${unit[1]} ago` : 'just now';
}

/** `5 minutes ago` for screen readers and sentences. */
export function spokenAge(since: number | undefined, now: number): string {
  if (since === undefined) return 'at an unknown time';
  const elapsed = Math.max(0, now - since);
  const unit = units.find(([size]) => elapsed >= size);
  return unit ? `${plural(Math.floor(elapsed / unit[0]), unit[2])} ago` : 'just now';
}

/** A moment in the user's own format. @param time unix milliseconds */
export function momentWords(time: number | undefined): string {
  return time === undefined ? 'at an unknown time' : new Date(time).toLocaleString();
}

/** `L40S or A100`, for a function with these choices; `CPU` for none. */
export function gpuChoiceWords(gpus: readonly string[] | undefined): string {
  return gpus === undefined ? 'GPU unknown' : gpus.join(' or ') || 'CPU';
}

/** `2 running containers`; of what is counted, also when nobody knows how many. */
export function pluralOf(count: number | undefined, noun: string): string {
  return count === undefined ? `unknown number of ${noun}s` : plural(count, noun);
}

/** @param many the noun for several, where it does not just get an s */
export function plural(count: number, noun: string, many = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : many}`;
}

/** Words of others as a sentence that another one can follow. */
export function sentence(words: string): string {
  const trimmed = words.trimEnd();
  return trimmed === '' || /[.!?…:]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}
