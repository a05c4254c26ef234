import type { Json } from './json.ts';
import { isRecord, numberOf } from './json.ts';
import type { JsonPath } from '../../../../shared/json/jsonText.ts';
import { pathText } from './jsonTree.ts';

export interface FoundImage {
  readonly label: string;
  readonly type: string;
  /** In bytes. */
  readonly size: number;
  readonly base64: string;
}

const mostImages = 24;
/** Base64 of the first bytes of each format. */
const beginnings: readonly (readonly [string, string])[] = [
  ['iVBORw0KGgo', 'image/png'],
  ['/9j/', 'image/jpeg'],
  ['R0lGOD', 'image/gif'],
  ['UklGR', 'image/webp'],
  ['Qk', 'image/bmp'],
];
const shortestImage = 40;

/** Pictures in an answer: data URLs, and texts that are the base64 of a known format. Nothing is ever loaded. */
export function imagesOf(json: Json): FoundImage[] {
  const found: FoundImage[] = [];
  const walk = (value: Json, path: JsonPath) => {
    if (found.length >= mostImages || path.length > 12) return;
    if (typeof value === 'string') {
      const image = imageOf(value);
      if (image) found.push({ ...image, label: pathText(path) });
    } else if (Array.isArray(value)) {
      // A list of numbers is no place for pictures, and may be very long.
      if (numberOf(value[0]) === undefined) value.forEach((item, index) => walk(item, [...path, index]));
    } else if (isRecord(value)) for (const [key, item] of Object.entries(value)) walk(item, [...path, key]);
  };
  walk(json, []);
  return found;
}

/** @returns undefined for a text that is no picture */
export function imageOf(text: string): Omit<FoundImage, 'label'> | undefined {
  if (text.length < shortestImage) return undefined;
  const url = /^data:(image\/[\w.+-]+);base64,/.exec(text.slice(0, 60));
  const base64 = url ? text.slice(url[0].length) : text;
  const type = url?.[1] ?? beginnings.find(([start]) => text.startsWith(start))?.[1];
  if (type === undefined || !/^[A-Za-z0-9+/\s]*(?:=\s*){0,2}$/.test(base64)) return undefined;
  // Two letters are not enough to tell a picture from a word.
  if (type === 'image/bmp' && !url && base64.length < 1000) return undefined;
  return { type, size: Math.floor((base64.replaceAll(/[\s=]/g, '').length * 3) / 4), base64 };
}
