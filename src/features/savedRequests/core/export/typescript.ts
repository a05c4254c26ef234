import type { MultipartPart, RequestSpec } from '../../../../domain/request.ts';
import { checkHeaders, hasVariables, spellVariables, withVariables } from '../../../requests/core/index.ts';
import type { SnippetKind } from './snippet.ts';
import { keyHeaders, plainHeaders, streams, wellFormed } from './snippet.ts';

export const fetchScript: SnippetKind = {
  id: 'fetch',
  label: 'TypeScript: fetch',
  // fetch has no bodies on these methods, and tells the type of a text only together with the name of a file.
  fits: ({ method, body }) =>
    body === undefined || (!['GET', 'HEAD'].includes(method) && !hasTypedText(body)),
  write: asFetch,
};

function asFetch(given: RequestSpec): string {
  checkHeaders(given.headers);
  const { spec } = withVariables(given);
  const { body } = spec;
  const parts = typeof body === 'object' && 'parts' in body ? body.parts : [];
  const headers = [
    ...plainHeaders(spec).map(([name, value]) => `    ${text(name)}: ${text(value)},`),
    ...keyHeaders(spec).map(
      ({ name, before, variable }) =>
        `    ${text(name)}: \`${inTemplate(before)}\${process.env.${variable}}\`,`,
    ),
  ];
  const before = bodyLines(body);
  const request = [
    `  method: ${text(spec.method)},`,
    ...(headers.length > 0 ? ['  headers: {', ...headers, '  },'] : []),
    ...(before.length > 0 ? ['  body,'] : []),
  ];
  return [
    ...(parts.some(({ file }) => file) ? ["import { openAsBlob } from 'node:fs';", ''] : []),
    ...before,
    `const response = await fetch(${text(spec.url)}, {`,
    ...request,
    '});',
    ...(streams(spec)
      ? [
          'for await (const text of response.body!.pipeThrough(new TextDecoderStream())) {',
          '  process.stdout.write(text);',
          '}',
        ]
      : ['console.log(response.status, await response.text());']),
    '',
  ].join('\n');
}

function bodyLines(body: RequestSpec['body']): string[] {
  if (body === undefined) return [];
  // As bytes, because a string would get a content type of its own.
  if (typeof body === 'string') return [`const body = new TextEncoder().encode(${longText(body)});`, ''];
  if ('parts' in body) return ['const body = new FormData();', ...body.parts.map(formPart), ''];
  return [`const body = Buffer.from(${text(Buffer.from(body).toString('base64'))}, 'base64');`, ''];
}

function hasTypedText(body: NonNullable<RequestSpec['body']>): boolean {
  const parts = typeof body === 'object' && 'parts' in body ? body.parts : [];
  return parts.some(({ file, type, fileName }) => !file && type !== undefined && fileName === undefined);
}

function formPart({ name, text: value = '', file, type, fileName }: MultipartPart): string {
  if (!file && fileName !== undefined)
    return `body.append(${text(name)}, new Blob([${text(value)}], { type: ${text(type ?? '')} }), ${text(fileName)});`;
  if (!file) return `body.append(${text(name)}, ${text(value)});`;
  const blob = `await openAsBlob(${text(file.path)}, { type: ${text(file.type)} })`;
  return `body.append(${text(name)}, ${blob}, ${text(file.name)});`;
}

/** JSON's strings are those of TypeScript, but for signs that editors would hide. */
function text(value: string): string {
  if (hasVariables(value)) return template(value);
  return JSON.stringify(wellFormed(value)).replaceAll(hidden, unicode);
}

/** Several lines stay several lines, to be read and edited. */
function longText(value: string): string {
  return value.includes('\n') ? template(value) : text(value);
}

function template(value: string): string {
  return `\`${spellVariables(inTemplate(value), (variable) => `\${process.env.${variable}}`)}\``;
}

function inTemplate(value: string): string {
  return wellFormed(value)
    .replaceAll(/[\\`]|\$(?=\{)/g, '\\$&')
    .replaceAll(hidden, unicode);
}

const hidden = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\ufeff]/g;
const unicode = (char: string) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
