import { plainText } from '../../../shared/ansi.ts';
import { levelOfJson } from './jsonLevel.ts';
import type { LogLevel } from '../../../domain/logEntry.ts';
import { levelOfPriority, levelOfWord } from './levelWords.ts';

/**
 * The level that a line gives itself, or undefined. It counts only where a format puts it:
 *
 * - in capitals at the start, or after time stamps, brackets and one name: `ERROR:root:…`, `ERRO[0000] …`,
 *   `2026-01-01T00:00:00Z ERROR app: …`, `10:00:00.000 [main] WARN  app.Main - …`, `(EngineCore pid=1) ERROR 07-01 …`
 * - in capitals between separators, within the first characters: `… - ERROR - …`, `… | WARNING  | …`, `…[ERROR] …`
 * - in brackets at the start or after time stamps, in any case: `[error    ] …`, `2026/01/01 00:00:00 [warn] 7#7: …`
 * - with a colon there: `error: …`, `2026-01-01T00:00:00Z [api] warn: …`, `file.c:3:5: error: …`; not `error: 0`
 * - as a letter: `E0701 12:00:00.000 …`, `[rank0]:[W701 …`, `2026-01-01 00:00:00.000: E file.cc…`, `[TRT] [E] …`
 * - in a field: `level=error msg=…` (logfmt), or of a line of JSON, by word or number
 * - as a priority of syslog: `<3>…`
 *
 * A word inside a sentence, and the stream itself, say nothing: many programs write everything to stderr.
 */
export function inferLevel(text: string): LogLevel | undefined {
  const first = text.charCodeAt(0);
  if (first === brace) return levelOfJson(text);
  const head = plainText(text.length > headLength ? text.slice(0, headLength) : text);
  if (first === less) return levelOfPriority(/^<(\d{1,3})>/.exec(head)?.[1]);
  const word = atStart.exec(head)?.slice(1).find(Boolean) ?? inside(head) ?? fieldWord(head, text);
  if (word !== undefined) return levelOfWord(word);
  const letter = atLetter.exec(head)?.slice(1).find(Boolean);
  return letter === undefined ? undefined : byLetter[letter];
}

const brace = 0x7b;
const less = 0x3c;
const headLength = 160;
const fieldsLength = 2000;

/** In capitals, as most formats have them; the short forms are of logrus, zerolog, slog, Serilog and Java. */
const capitals =
  'TRACE|DEBUG|VERBOSE|INFO|NOTICE|SUCCESS|WARNING|WARNI|WARN|ERROR|CRITICAL|CRITI|FATAL|SEVERE|PANIC|ALERT|EMERG|CRIT|ERRO|ERR|WRN|INF|DEBU|DBG|TRC|VRB|FTL|FATA|PANI|CONFIG|FINER|FINEST|FINE';
const calm = 'trace|debug|verbose|silly|info|http|notice|success|dbug|trce';
const alarming = 'warning|warn|error|err|critical|crit|fatal|fail|alert|emerg|panic';
const titled = 'Trace|Debug|Info|Note|Notice|Warning|Warn|Error|Critical|Fatal';
/** A part of a time stamp, something in brackets, or a word of a date: what comes before the level. */
const lead =
  '(?:\\d[^\\s[\\](){}|]*[\\s|][\\s|-]*|\\[[^\\]]*\\][\\s:|-]*|\\{[^}]*\\}\\s*|\\([^)]*\\)\\s*|(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|AM|PM|UTC|GMT)[,.]?\\s+)';
const ends = '(?=[:\\s|,[\\]!-]|$)(?! (?:RATE|COUNT)\\b)';
/** A measurement is no message. */
const says = ':\\s{1,12}(?!\\d|(?:no|none|null|nil|false)\\s{0,4}$)';
const atStart = new RegExp(
  `^\\s*${lead}*?(?:[[(<]?(${capitals})[\\])>]?${ends}|` +
    `\\[(?:\\w+:)?(${calm}|${alarming}|${titled}) *\\]|` +
    `(${calm}):\\s|(${alarming})(?:\\[\\w{1,8}\\])?${says})`,
);

/** Most lines have none of these, and are done with after one look. */
const hint =
  /TRACE|DEBU|INFO|VERBOSE|NOTICE|SUCCESS|WARN|ERR|CRIT|FATA|SEVERE|PANI|ALERT|EMERG|WRN|INF|DBG|TRC|FTL|Warning|: error: |: warning: |^npm |^PHP /;
const insideForms: readonly RegExp[] = [
  // The name of a logger in front of it.
  new RegExp(`^${lead}+?[A-Za-z_][\\w.$-]*[ .](${capitals})(?=[:\\s]|$)`),
  new RegExp(`^\\[[\\d ,:.+TZ/-]+(${capitals})[\\]/\\s]`),
  new RegExp(`(?: - |\\| ?|\\[)(${capitals}) {0,5}(?: - |\\||\\])`),
  /\bNCCL (WARN|INFO|ERROR|TRACE)\b/,
  /^\S{1,120}[:(]\d{1,7}(?:[:,]\d{1,7})?\)?: (?:fatal )?(error|warning): /,
  /^\S{1,120}:\d{1,7}: \w{0,40}(Warning): /,
  // Between tabs, as zap writes it; and the words of npm and PHP.
  new RegExp(`^\\d[^\\t]*\\t(${calm}|${alarming})\\t`),
  /^npm (ERR|error|warn|WARN)\b/,
  /^PHP (?:\w{1,20} )?(error|Warning|Notice):/,
];

/** Where only some formats have it. */
function inside(head: string): string | undefined {
  if (!hint.test(head) && !head.includes('\t')) return undefined;
  for (const form of insideForms) {
    const word = form.exec(head)?.[1];
    if (word !== undefined) return word;
  }
  return undefined;
}

/** glog, klog and absl; of PyTorch with its rank before it. */
const glog = '(?:\\[\\w{1,20}\\]:?\\s?)?\\[?([EWIFD])(?:\\d{4}|\\d{8}) \\d\\d:\\d\\d:\\d\\d';
const dateTime = '\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d';
const tensorFlow = `${dateTime}\\.\\d{1,9}: ([EWIF]) `;
const ray = `(?:\\([^)]{1,60}\\) )?\\[${dateTime},\\d{3} ([EWIFCD]) \\d`;
const tensorRt = '(?:\\[[^\\]]{1,40}\\] ?){0,3}\\[([EWIVDF])\\] ';
const ruby = '([DIWEFA]), \\[\\d{4}-';
const llamaCpp = '\\d{1,4}\\.\\d\\d\\.\\d{3}\\.\\d{3} ([EWID]) ';
const atLetter = new RegExp(`^(?:${glog}|${tensorFlow}|${ray}|${tensorRt}|${ruby}|${llamaCpp})`);

const byLetter: Readonly<Record<string, LogLevel>> = {
  E: 'error',
  F: 'error',
  C: 'error',
  A: 'error',
  W: 'warning',
  I: 'info',
  D: 'debug',
  V: 'debug',
};

const fieldShape = /^(?:\d\S{7,40} |\[[^\]]{1,60}\] ){0,2}[\w.@-]{1,40}=/;
const levelField =
  /(?:^|[\s,])(?:log[._]?)?(?:level(?:_?name)?|lvl|severity)=["']?([A-Za-z]{3,11})(?=["'\s,]|$)/i;
const quoted = /="(?:[^"\\]|\\.)*(?:"|$)|='[^']*(?:'|$)/g;

/** The value of the field that names the level, in a line of `key=value`. */
function fieldWord(head: string, text: string): string | undefined {
  if (!head.includes('=') || !fieldShape.test(head)) return undefined;
  const fields = plainText(text.slice(0, fieldsLength)).replace(quoted, (value) =>
    value.includes(' ') ? '=""' : value,
  );
  return levelField.exec(fields)?.[1];
}
