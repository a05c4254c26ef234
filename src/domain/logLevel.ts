import { plainText } from './ansi.ts';
import type { LogLevel } from './logEntry.ts';

/**
 * The level that a line gives itself, or undefined. It counts only where a format puts it, in capitals:
 *
 * - at the start: `ERROR:root:…` (logging), `INFO:     127.0.0.1…` (uvicorn), `WARNING 07-01 12:00:00 […]` (vLLM)
 * - in brackets, or after a time stamp: `[2026-01-01T00:00:00Z] ERROR app …`, `2026-01-01 00:00:00,000 [INFO] …`
 * - between separators, within the first 120 characters: `… - name - ERROR - …` (logging), `… | WARNING  | …` (loguru)
 * - `E0701 12:00:00.000` (glog); `file.py:3: UserWarning: …` (warnings)
 * - the field `level`, `levelname`, `severity` or `lvl` of a line of JSON, in any case
 *
 * A word inside a sentence, and the stream itself, say nothing: many programs write everything to stderr.
 */
export function inferLevel(text: string): LogLevel | undefined {
  const first = text.charCodeAt(0);
  if (first === brace) return fromJson(text);
  const head = plainText(text.length > headLength ? text.slice(0, headLength) : text);
  if (!hint.test(head)) return undefined;
  const word = atStart.exec(head)?.[1] ?? separated.exec(head)?.[1];
  if (word !== undefined) return byWord[word.toUpperCase()];
  const glog = glogHead.exec(head)?.[1];
  if (glog !== undefined) return byLetter[glog];
  return warnings.test(head) ? 'warning' : undefined;
}

const brace = 0x7b;
const headLength = 160;
const jsonHeadLength = 4000;
const words = 'TRACE|DEBUG|INFO|NOTICE|SUCCESS|WARNING|WARN|ERROR|CRITICAL|FATAL|ERR';
/** Most lines have none of these, and are done with after one look. */
const hint = /TRACE|DEBUG|INFO|NOTICE|SUCCESS|WARN|ERR|CRIT|FATAL|^[EWIDF]\d{4} |Warning: /;
/** Optional: a process in parentheses, then a time stamp of digits and its punctuation, bare or in brackets. */
const atStart = new RegExp(
  `^\\s{0,8}(?:\\([\\w =.:-]{1,40}\\) )?(?:\\[?\\d[\\d:.,/+TZ -]{6,34}\\]?[ |-]{0,3})?[[(<]?(${words})[\\])>]?(?=[:\\s|,-]|$)`,
);
const separated = new RegExp(`(?: - |\\| ?|\\[)(${words}) {0,5}(?: - |\\||\\])`);
const glogHead = /^([EWIDF])\d{4} \d\d:\d\d:\d\d/;
const warnings = /^\S{1,120}:\d+: \w{0,40}Warning: /;
const jsonLevel = /"(?:level|levelname|severity|lvl|log\.level)"\s{0,4}:\s{0,4}"([A-Za-z]{3,9})"/;

const byWord: Readonly<Record<string, LogLevel>> = {
  TRACE: 'debug',
  DEBUG: 'debug',
  INFO: 'info',
  INFORMATION: 'info',
  NOTICE: 'info',
  SUCCESS: 'info',
  WARN: 'warning',
  WARNING: 'warning',
  ERR: 'error',
  ERROR: 'error',
  CRITICAL: 'error',
  FATAL: 'error',
  ALERT: 'error',
  EMERGENCY: 'error',
};
const byLetter: Readonly<Record<string, LogLevel>> = {
  E: 'error',
  F: 'error',
  W: 'warning',
  I: 'info',
  D: 'debug',
};

function fromJson(text: string): LogLevel | undefined {
  const word = jsonLevel.exec(text.slice(0, jsonHeadLength))?.[1];
  return word === undefined ? undefined : byWord[word.toUpperCase()];
}
