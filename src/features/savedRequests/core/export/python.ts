import type { MultipartPart, RequestSpec } from '../../../../domain/request.ts';
import {
  checkHeaders,
  isNumber,
  parseKeepingNumbers,
  spellVariables,
  withVariables,
} from '../../../requests/core/index.ts';
import type { KeyHeader, SnippetKind } from './snippet.ts';
import { jsonBody, keyHeaders, plainHeaders, streams, variablesOf, wellFormed } from './snippet.ts';

export const httpx: SnippetKind = {
  id: 'httpx',
  label: 'Python: httpx',
  fits: () => true,
  write: asHttpx,
};

export const openai: SnippetKind = {
  id: 'openai',
  label: 'Python: openai',
  fits: (spec) => openaiCall(spec) !== undefined,
  write: asOpenai,
};

/** How long Modal may take to start a container before the first byte, in seconds. */
const timeout = 600;

function asHttpx(given: RequestSpec): string {
  checkHeaders(given.headers);
  const { spec } = withVariables(given);
  const keys = keyHeaders(spec);
  const headers = [
    ...plainHeaders(spec).map(([name, value]) => `        ${text(name)}: ${text(value)},`),
    ...keys.map((key) => `        ${text(key.name)}: ${keyValue(key)},`),
  ];
  const body = bodyArgument(spec);
  const call = [
    `    ${text(spec.method)},`,
    `    ${text(spec.url)},`,
    ...(headers.length > 0 ? ['    headers={', ...headers, '    },'] : []),
    ...body.arguments.map((line) => `    ${line}`),
    `    timeout=${timeout},`,
    '    follow_redirects=True,',
  ];
  const head = [
    ...(variablesOf(given).length > 0 ? ['import os', ''] : []),
    'import httpx',
    '',
    ...body.before,
  ];
  if (!streams(spec))
    return [
      ...head,
      'response = httpx.request(',
      ...call,
      ')',
      'print(response.status_code, response.text)',
      '',
    ].join('\n');
  return [
    ...head,
    'with httpx.stream(',
    ...call,
    ') as response:',
    '    for text in response.iter_text():',
    '        print(text, end="", flush=True)',
    '',
  ].join('\n');
}

function bodyArgument({ body }: RequestSpec): { before: string[]; arguments: string[] } {
  if (body === undefined) return { before: [], arguments: [] };
  if (typeof body === 'string')
    return { before: [`body = ${longText(body)}`, ''], arguments: ['content=body.encode(),'] };
  if ('parts' in body)
    return {
      before: [],
      arguments: ['files=[', ...body.parts.map((part) => `    ${formPart(part)},`), '],'],
    };
  return { before: [`body = ${bytesLiteral(body)}`, ''], arguments: ['content=body,'] };
}

function formPart({ name, text: value = '', file, type, fileName }: MultipartPart): string {
  const content = file
    ? `${text(file.name)}, open(${text(file.path)}, "rb"), ${text(file.type)}`
    : [fileName === undefined ? 'None' : text(fileName), text(value), ...(type ? [text(type)] : [])].join(
        ', ',
      );
  return `(${text(name)}, (${content}))`;
}

function keyValue({ before, variable }: KeyHeader): string {
  const read = `os.environ[${text(variable)}]`;
  return before ? `${text(before)} + ${read}` : read;
}

interface OpenaiCall {
  readonly baseUrl: string;
  readonly method: string;
  /** What the method takes by name; anything else goes in `extra_body`. */
  readonly known: readonly string[];
}

const calls: readonly (readonly [path: string, method: string, known: string])[] = [
  [
    'chat/completions',
    'chat.completions.create',
    'messages model frequency_penalty logit_bias logprobs max_completion_tokens max_tokens metadata n ' +
      'parallel_tool_calls presence_penalty reasoning_effort response_format seed stop store stream stream_options ' +
      'temperature tool_choice tools top_logprobs top_p user',
  ],
  [
    'completions',
    'completions.create',
    'model prompt best_of echo frequency_penalty logit_bias logprobs max_tokens n presence_penalty seed stop stream ' +
      'stream_options suffix temperature top_p user',
  ],
  ['embeddings', 'embeddings.create', 'input model dimensions encoding_format user'],
];

/** @returns undefined where the OpenAI package has no method for the request */
function openaiCall({ method, url, body }: RequestSpec): OpenaiCall | undefined {
  const { origin, pathname, search } = new URL(url);
  const json = jsonBody(body);
  const found = calls.find(([path]) => pathname.endsWith(`/v1/${path}`));
  if (method !== 'POST' || search !== '' || !json || !found) return undefined;
  // Without a model the package refuses to send.
  if (typeof json['model'] !== 'string') return undefined;
  const [path, name, known] = found;
  return {
    baseUrl: `${origin}${pathname.slice(0, -path.length - 1)}`,
    method: name,
    known: known.split(' '),
  };
}

function asOpenai(given: RequestSpec): string {
  checkHeaders(given.headers);
  const { spec } = withVariables(given);
  const { baseUrl, method, known } = openaiCall(spec) as OpenaiCall;
  const keys = keyHeaders(spec);
  const bearer = keys.find(
    ({ name, before }) => name.toLowerCase() === 'authorization' && before === 'Bearer ',
  );
  const headers = [
    ...plainHeaders(spec)
      .filter(([name]) => !/^(?:content-type|accept)$/i.test(name))
      .map(([name, value]) => `        ${text(name)}: ${text(value)},`),
    ...keys.filter((key) => key !== bearer).map((key) => `        ${text(key.name)}: ${keyValue(key)},`),
  ];
  const entries = Object.entries(parseKeepingNumbers(spec.body as string) as Record<string, unknown>);
  // The package would ask for another format by itself.
  if (method === 'embeddings.create' && !entries.some(([name]) => name === 'encoding_format'))
    entries.push(['encoding_format', 'float']);
  const extra = Object.fromEntries(entries.filter(([name]) => !known.includes(name)));
  const streaming = streams(spec);
  return [
    ...(variablesOf(given).length > 0 ? ['import os', ''] : []),
    'from openai import OpenAI',
    '',
    'client = OpenAI(',
    `    base_url=${text(baseUrl)},`,
    `    api_key=${bearer ? `os.environ[${text(bearer.variable)}]` : '"unused"'},`,
    ...(headers.length > 0 ? ['    default_headers={', ...headers, '    },'] : []),
    `    timeout=${timeout},`,
    ')',
    `answer = client.${method}(`,
    ...entries
      .filter(([name]) => known.includes(name))
      .map(([name, value]) => `    ${name}=${literal(value, 1)},`),
    ...(Object.keys(extra).length > 0 ? [`    extra_body=${literal(extra, 1)},`] : []),
    ')',
    ...(streaming ? ['for chunk in answer:', '    print(chunk.to_json())'] : ['print(answer.to_json())']),
    '',
  ].join('\n');
}

/** JSON as a Python literal; numbers as they were printed. */
function literal(value: unknown, depth: number): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'string') return text(value);
  if (isNumber(value)) return JSON.stringify(value);
  const pad = '    '.repeat(depth + 1);
  const end = `\n${'    '.repeat(depth)}`;
  if (Array.isArray(value)) {
    const short = value.every(isNumber);
    const items = value.map((item) => literal(item, depth + 1));
    if (items.length === 0 || short) return `[${items.join(', ')}]`;
    return `[${items.map((item) => `\n${pad}${item},`).join('')}${end}]`;
  }
  const entries = Object.entries(value as object);
  if (entries.length === 0) return '{}';
  return `{${entries.map(([key, item]) => `\n${pad}${text(key)}: ${literal(item, depth + 1)},`).join('')}${end}}`;
}

function escaped(value: string, keepLines: boolean): string {
  return wellFormed(value)
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff]/g, (char) =>
      keepLines && char === '\n' ? char : `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
}

function text(value: string): string {
  return quotedBy('"', escaped(value, false).replaceAll('\\u000a', '\\n'));
}

/** Several lines stay several lines, to be read and edited. */
function longText(value: string): string {
  return value.includes('\n') ? quotedBy('"""', `\\\n${escaped(value, true)}`) : text(value);
}

/** Variables stand between pieces of the text. */
function quotedBy(quote: string, inner: string): string {
  const spelled = spellVariables(inner, (variable) => `${quote} + os.environ["${variable}"] + ${quote}`);
  return `${quote}${spelled}${quote}`.replace(/^"" \+ /, '').replace(/(?<=\]) \+ ""$/, '');
}

function bytesLiteral(bytes: Uint8Array): string {
  const chars = Array.from(bytes, (byte) =>
    byte >= 0x20 && byte < 0x7f && byte !== 0x22 && byte !== 0x5c
      ? String.fromCharCode(byte)
      : `\\x${byte.toString(16).padStart(2, '0')}`,
  );
  return `b"${chars.join('')}"`;
}
