import type { HealthAction, HealthState } from './healthLine.ts';
import { formatDuration } from '../../../shared/format.ts';

/** What the answers of an app tell of its model and its schema; anything else they may hold is passed over. */

export interface ModelWords {
  readonly state: HealthState;
  readonly text: string;
  readonly action?: HealthAction;
}

type Fields = Readonly<Record<string, unknown>>;

/** Reads the `/status` of a bundled app, or the `/v1/models` of an OpenAI-compatible one. */
export function modelOf(body: string): ModelWords {
  const answer = fields(parsed(body));
  if (Array.isArray(answer['data'])) return ofList(answer['data']);
  const name = text(fields(answer['model'])['id']) || 'The model';
  const gpu = text(fields(answer['gpu'])['name']);
  const where = gpu ? ` on ${gpu}` : '';
  switch (answer['status']) {
    case 'ready': {
      const load = answer['load_s'];
      const loaded = typeof load === 'number' && load > 0 ? `, in ${formatDuration(load * 1000)}` : '';
      return { state: 'good', text: `${name} is loaded${where}${loaded}.` };
    }
    case 'cold':
      return { state: 'warning', text: `${name} isn't loaded. The next request loads it and takes longer.` };
    case 'starting':
      return {
        state: 'warning',
        text: `${name} is loading${where}. Check again in a moment.`,
        action: 'again',
      };
    case 'degraded':
      return {
        state: 'bad',
        text: `${name} works only partially${where}. Check the logs.`,
        action: 'showLogs',
      };
    default:
      return { state: 'unknown', text: 'Not reported by the app.' };
  }
}

function ofList(models: readonly unknown[]): ModelWords {
  const ids = models.map((model) => text(fields(model)['id'])).filter(Boolean);
  if (ids.length === 0) return { state: 'warning', text: 'The app lists no models.', action: 'showLogs' };
  const more = ids.length > 3 ? ` and ${ids.length - 3} more` : '';
  return { state: 'good', text: `Serves ${ids.slice(0, 3).join(', ')}${more}.` };
}

const methods = new Set(['get', 'post', 'put', 'patch', 'delete', 'head', 'options', 'trace']);

/** @returns undefined for what is no OpenAPI document */
export function operationsOf(body: string): number | undefined {
  const document = fields(parsed(body));
  if (typeof document['openapi'] !== 'string' && typeof document['swagger'] !== 'string') return undefined;
  const paths = Object.values(fields(document['paths']));
  return paths.flatMap((path) => Object.keys(fields(path)).filter((key) => methods.has(key))).length;
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

const fields = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};

const text = (value: unknown) => (typeof value === 'string' ? value.slice(0, 120) : '');
