import type { LogChunk, LogOrigin } from '../../../domain/log.ts';
import type { GpuEntry, ProgressEntry, StepEntry } from '../../../domain/logEntry.ts';

type StructuredEntry = ProgressEntry | StepEntry | GpuEntry;

/** `::name {json}`, as the bundled apps print it for the editor. */
const form = /^::(progress|phase|gpu) (\{.*\})$/;

/** A line without an end that may become structured. */
export function mayBeStructured(text: string): boolean {
  return text.startsWith('::') || text === ':';
}

/** @returns undefined when it is an ordinary line, also when its fields are not as expected. */
export function parseStructured(text: string, chunk: LogChunk): StructuredEntry | undefined {
  if (!text.startsWith('::')) return undefined;
  const [, name, json = ''] = form.exec(text) ?? [];
  const fields = name ? parseFields(json) : undefined;
  if (!fields) return undefined;
  const { time } = chunk;
  const base = { time, ...originOf(chunk) };
  if (name === 'phase') return stepOf(base, fields);
  return name === 'gpu' ? gpuOf(base, fields) : progressOf(base, fields);
}

export function originOf({ source, containerId, functionId, callId }: LogOrigin): LogOrigin {
  return { source, containerId, functionId, callId };
}

type Base = LogOrigin & { readonly time: number };
type Fields = Readonly<Record<string, unknown>>;

function stepOf(base: Base, fields: Fields): StepEntry | undefined {
  const { name, seconds, ok } = fields;
  if (typeof name !== 'string' || !isNumber(seconds)) return undefined;
  return { kind: 'step', ...base, name, seconds, ok: ok !== false };
}

function gpuOf(base: Base, fields: Fields): GpuEntry | undefined {
  const { index, name, when, used_gib: usedGib, total_gib: totalGib } = fields;
  if (!isNumber(index) || !isNumber(usedGib) || !isNumber(totalGib)) return undefined;
  return { kind: 'gpu', ...base, index, name: words(name), when: words(when), usedGib, totalGib };
}

function progressOf(base: Base, fields: Fields): ProgressEntry | undefined {
  const { app, run, done, total, failed, item, eta_s: eta } = fields;
  if (!isNumber(done) || !isNumber(total)) return undefined;
  return {
    kind: 'progress',
    ...base,
    updatedAt: base.time,
    name: [words(app), words(run)].filter(Boolean).join(' '),
    done,
    total,
    failed: isNumber(failed) ? failed : 0,
    item: words(item),
    ...(isNumber(eta) ? { etaSeconds: eta } : {}),
  };
}

function parseFields(json: string): Fields | undefined {
  try {
    return JSON.parse(json) as Fields;
  } catch {
    return undefined;
  }
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function words(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
