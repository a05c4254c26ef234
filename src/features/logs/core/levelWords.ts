import type { LogLevel } from '../../../domain/logEntry.ts';
import { ownValue } from '../../../shared/ownValue.ts';

const words: Readonly<Record<LogLevel, string>> = {
  debug: 'trace trc trce debug debu dbg dbug verbose vrb silly config fine finer finest',
  info: 'info inf information informational note notice success http log',
  warning: 'warn wrn warni warning',
  error:
    'error err erro critical criti crit fatal fata ftl severe panic pani dpanic alert emerg emergency fail',
};
const byWord: Readonly<Record<string, LogLevel>> = Object.fromEntries(
  (Object.entries(words) as [LogLevel, string][]).flatMap(([level, list]) =>
    list.split(' ').map((word) => [word, level]),
  ),
);

/** A name of a level in any case, as some logger spells it. */
export function levelOfWord(word: string): LogLevel | undefined {
  return ownValue(byWord, word.toLowerCase());
}

/** A severity of syslog, alone or with its facility. */
export function levelOfPriority(priority: number | string | undefined): LogLevel | undefined {
  const number = Number(priority ?? Number.NaN);
  if (!Number.isInteger(number) || number < 0 || number > 191) return undefined;
  const severity = number % 8;
  if (severity <= 3) return 'error';
  if (severity === 4) return 'warning';
  return severity === 7 ? 'debug' : 'info';
}
