import { levelOfPriority, levelOfWord } from './levelWords.ts';
import type { LogLevel } from '../../../domain/logEntry.ts';
import { logLevels } from '../../../domain/logEntry.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Longer lines are not parsed: what names the level is looked for in their beginning. */
const longestParsed = 8000;
const levelKey =
  /"(?:level|levelname|severity|lvl|log\.level)"|'level'|"(?:level_?n|log_?level|severity|priority|@l|s)/i;
const inText =
  /["'](?:level|level_?name|severity|severity_?text|lvl|log_?level|log\.level|@level|@l)["'] ?: ?["']([a-z]+)["']/i;

/** The level of a line of JSON, by the word or the number of the field that loggers use. */
export function levelOfJson(text: string): LogLevel | undefined {
  if (text.length > longestParsed) return inHead(text);
  const key = levelKey.exec(text);
  if (!key) return undefined;
  // Most lines have one of those fields, in front of any object within them: parsing them would take far longer.
  const rest = text.slice(key.index);
  if (text.lastIndexOf('{', key.index) === 0 && !levelKey.test(rest.slice(key[0].length))) {
    const word = inText.exec(rest);
    if (word?.index === 0) return levelOfWord(word[1] ?? '');
  }
  try {
    return levelOfFields(JSON.parse(text) as Fields);
  } catch {
    return inHead(text); // cut, or the way in which Python writes a dict
  }
}

function inHead(text: string): LogLevel | undefined {
  const word = inText.exec(text.slice(0, longestParsed))?.[1];
  return word === undefined ? undefined : levelOfWord(word);
}

function levelOfFields(fields: Fields): LogLevel | undefined {
  const own = worst(Object.entries(fields).map(([key, value]) => levelOf(key.toLowerCase(), value, fields)));
  if (own !== undefined) return own;
  // Elastic, loguru and logstash have it in an object of its own.
  const { log, record, '@fields': logstash } = fields;
  const level = asFields(record)['level'];
  return worst(
    [log, logstash]
      .map((each) => wordLevel(asFields(each)['level']))
      .concat(wordLevel(asFields(level)['name'])),
  );
}

/** Where two fields differ, nothing worse may be hidden. */
function worst(levels: readonly (LogLevel | undefined)[]): LogLevel | undefined {
  return logLevels.findLast((level) => levels.includes(level));
}

const wordKeys = new Set(
  'level levelname level_name levelstr severity severitytext severity_text lvl loglevel log_level log.level @level @l'.split(
    ' ',
  ),
);
const pythonKeys = new Set(['levelno', 'level_no', 'level_number', 'levelnumber']);
const telemetryKeys = new Set(['severitynumber', 'severity_number']);

function levelOf(key: string, value: unknown, fields: Fields): LogLevel | undefined {
  if (pythonKeys.has(key)) return ofPython(Number(value));
  if (telemetryKeys.has(key)) return ofTelemetry(Number(value));
  if (key === 'priority' && ('MESSAGE' in fields || 'message' in fields))
    return levelOfPriority(value as string);
  if (key === 's' && 'c' in fields && 'ctx' in fields) return mongo[String(value).charAt(0)];
  if (!wordKeys.has(key)) return undefined;
  return typeof value === 'number' || /^\d{1,2}$/.test(String(value))
    ? ofNumber(Number(value), fields)
    : wordLevel(value);
}

const mongo: Readonly<Record<string, LogLevel>> = {
  F: 'error',
  E: 'error',
  W: 'warning',
  I: 'info',
  D: 'debug',
};

function wordLevel(value: unknown): LogLevel | undefined {
  return typeof value === 'string' ? levelOfWord(value) : undefined;
}

function asFields(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}

/**
 * Pino and bunyan count from 10 for a trace to 60, Python from 10 for debug to 50, GELF from 7 down to 0. A line that is
 * not clearly of pino or bunyan is taken for the worse.
 */
function ofNumber(level: number, fields: Fields): LogLevel | undefined {
  if (level < 8) return 'short_message' in fields ? levelOfPriority(level) : undefined;
  const isLog = ['msg', 'message', 'event', 'time', 'name'].some((key) => key in fields);
  if (!isLog || level > 70) return undefined;
  const { time, hostname, pid } = fields;
  const isNode = 'v' in fields || typeof time === 'number' || (hostname !== undefined && pid !== undefined);
  return ofPython(isNode ? level - 10 : level);
}

function ofPython(level: number): LogLevel | undefined {
  if (!(level >= 0)) return undefined;
  if (level < 20) return 'debug';
  if (level < 30) return 'info';
  return level < 40 ? 'warning' : 'error';
}

/** As OpenTelemetry numbers them. */
function ofTelemetry(level: number): LogLevel | undefined {
  if (!(level >= 1 && level <= 24)) return undefined;
  if (level < 9) return 'debug';
  if (level < 13) return 'info';
  return level < 17 ? 'warning' : 'error';
}
