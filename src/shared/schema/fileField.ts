import type { Schema } from './schema.ts';
import { textOf } from './schema.ts';

/** How a field takes a file: as it is, in a part of its own, or as base64 in a string. */
export type FileEncoding = 'binary' | 'base64';

/** @returns undefined for a field that is no file */
export function fileEncodingOf(name: string, schema: Schema): FileEncoding | undefined {
  const { type } = schema;
  const isText = type === undefined || type === 'string' || (Array.isArray(type) && type.includes('string'));
  if (!isText || schema['enum'] !== undefined) return undefined;
  const format = textOf(schema['format']);
  if (format === 'binary') return 'binary';
  if (format === 'byte' || format === 'base64' || textOf(schema['contentEncoding']).startsWith('base64'))
    return 'base64';
  const media = textOf(schema['contentMediaType']);
  if (media !== '') return isTextMedia(media) ? undefined : 'binary';
  // Many APIs say it in the name or in a sentence only.
  if (type !== undefined && /(?:^|[_-])(?:b64|base64)$|(?:B64|Base64)$/.test(name)) return 'base64';
  return /^(?:strict |standard )?base64\b/i.test(textOf(schema['description'])) ? 'base64' : undefined;
}

/** A text that holds JSON, for example, is typed. */
function isTextMedia(media: string): boolean {
  return /^text\/(?!csv)|[/+]json\b/i.test(media);
}
