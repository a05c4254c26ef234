import { explainFailure, explainRunFailure } from '../../src/features/deploy/core/failure.ts';
import { withoutTrace } from '../../src/features/deploy/core/cliTrace.ts';
import { withoutPadding } from '../../src/features/deploy/core/panels.ts';
import { failureProblems, warningProblems } from '../../src/features/deploy/core/problems.ts';
import { parameterProblem, splitWords } from '../../src/features/deploy/core/runArguments.ts';
import { announcedStage } from '../../src/features/deploy/core/stages.ts';
import { drawableAnsi, plainText, visibleText } from '../../src/shared/ansi.ts';
import { matchOperation } from '../../src/domain/api.ts';
import { formatJson } from '../../src/shared/json/jsonEdit.ts';
import { parseJson } from '../../src/shared/json/jsonText.ts';
import type { LogChunk } from '../../src/domain/log.ts';
import { findLinks } from '../../src/domain/logLinks.ts';
import { operationDraft } from '../../src/domain/operationDraft.ts';
import { redactBeginning, redactHeader, redacting, replacing } from '../../src/shared/redact.ts';
import type { HttpResult, RequestSpec } from '../../src/domain/request.ts';
import { emptyDraft } from '../../src/domain/requestDraft.ts';
import { parseTime } from '../../src/domain/timeRange.ts';
import { tracebackBlocks } from '../../src/features/logs/view/tracebackText.ts';
import { EntryBuilder, notInTime } from '../../src/features/logs/core/entryBuilder.ts';
import { LogBuffer } from '../../src/features/logs/core/logBuffer.ts';
import { parseStructured } from '../../src/features/logs/core/structured.ts';
import { TracebackFold, beginsTraceback } from '../../src/features/logs/core/tracebacks.ts';
import { pushInTurns } from '../../src/features/logs/core/turns.ts';
import { OutputLines } from '../../src/modal/outputLines.ts';
import { OutputTail } from '../../src/modal/outputTail.ts';
import { readSignInLine, signInFailure } from '../../src/modal/signInOutput.ts';
import { AnswerModel } from '../../src/features/requests/core/answer/answerModel.ts';
import { childRows, searchRows } from '../../src/features/requests/core/answer/jsonTree.ts';
import { markdownTexts, renderMarkdown } from '../../src/features/requests/core/answer/markdown.ts';
import { StreamReader } from '../../src/features/requests/core/answer/streamReader.ts';
import { explainResult } from '../../src/features/requests/core/explain.ts';
import { mostCopied, snippetKinds } from '../../src/features/savedRequests/core/export/snippets.ts';
import { entryOf } from '../../src/features/savedRequests/core/history/entry.ts';
import { parseDotenv } from '../../src/features/savedRequests/core/httpFile/environment.ts';
import { parseHttpFile } from '../../src/features/savedRequests/core/httpFile/parse.ts';
import { referencesIn } from '../../src/features/requests/core/references.ts';
import { Variables } from '../../src/features/savedRequests/core/httpFile/variables.ts';
import { inTurns } from '../../src/shared/inTurns.ts';
import { KeyMask } from '../../src/features/requests/core/keyMask.ts';
import { maskingDraft } from '../../src/features/requests/core/maskedDraft.ts';
import { readApiDocument } from '../../src/features/requests/core/openapi/apiDocument.ts';
import {
  prepareVariables,
  spellVariables,
  withVariables,
} from '../../src/features/requests/core/secretVariables.ts';
import { ParserThread } from '../../src/features/workspace/core/parserThread.ts';
import { mentionsModal } from '../../src/features/workspace/core/scriptIndex.ts';
import { remoteKey } from '../../src/features/apps/ui/lifecycle/repositories.ts';
import { styledRuns } from '../../src/features/logs/view/ansiRuns.ts';
import { piecesOf } from '../../src/features/logs/view/pieces.ts';

const scripts = new ParserThread<string, unknown>(
  new URL('../../src/features/workspace/core/parserWorker.ts', import.meta.url),
  undefined,
  300,
);

/** Reads a text that somebody else wrote, as the product does. */
export type Reader = (text: string) => unknown;

const noVariables = { environment: {}, dotenv: {}, processEnv: {} };

/** A log as it comes from the wire, to its entries. */
async function readLog(text: string): Promise<LogBuffer> {
  const buffer = new LogBuffer();
  const builder = new EntryBuilder(buffer, notInTime);
  await pushInTurns([chunkOf(text)], (chunk) => builder.push(chunk));
  builder.showPartial();
  builder.flush();
  return buffer;
}

/** Long rows of blanks are refused at once. */
function readDotenv(text: string): unknown {
  try {
    return parseDotenv(text);
  } catch (error) {
    return error;
  }
}

/** The whole text as one line each time, without the limit of the lines before it. */
function readTraceback(text: string): unknown[] {
  const [first = ''] = text.split('\n');
  const begins = beginsTraceback(first);
  return ['Traceback (most recent call last):', '╭─ Traceback (most recent call last) ─╮'].map((header) => {
    const fold = new TracebackFold(header);
    for (const line of text.split('\n')) if (!fold.take(line)) break;
    return [begins, fold.parts, fold.text, fold.mayTake(text)];
  });
}

const chunkOf = (text: string): LogChunk => ({
  entryId: '',
  time: 1_795_256_000_000,
  source: 'stdout',
  text,
  containerId: 'ta-1',
  functionId: 'fu-1',
  callId: 'fc-1',
});

/** As it comes out of a pipe. */
async function readOutput(text: string): Promise<void> {
  const tail = new OutputTail(64 * 1024);
  const lines = new OutputLines((line) => {
    announcedStage(line);
    readSignInLine(line);
    tail.add(withoutPadding(line));
  });
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += 65_536) {
    lines.push(bytes.subarray(at, at + 65_536));
    await turn();
  }
  lines.end();
  tail.toString();
}

/** The product does each of these at a time of its own. */
const turn = () => new Promise(setImmediate);

/** Lines come out of a pipe; what is explained is the end of them. */
async function readFailure(output: string): Promise<void> {
  const tail = new OutputTail(200_000);
  for (let at = 0; at < output.length; at += 65_536) {
    for (const line of output.slice(at, at + 65_536).split('\n')) tail.add(line);
    await turn();
  }
  const text = tail.toString();
  await turn();
  const failure = explainFailure(text, 1);
  await turn();
  explainRunFailure(text, text, 1);
  await turn();
  failureProblems(failure, () => false, 'a.py', text, text);
  await turn();
  warningProblems(text);
  await turn();
  signInFailure(text);
  withoutTrace(text);
}

function readHttpFile(text: string): void {
  const file = parseHttpFile(text);
  const variables = new Variables(file, noVariables);
  for (const { url, headers } of file.requests.slice(0, 20))
    for (const each of [url, ...headers.slice(0, 20).map(({ value }) => value)]) variables.fill(each);
  referencesIn(text);
}

const resultOf = (body: string, type: string): HttpResult => ({
  status: 200,
  statusText: 'OK',
  headers: { 'content-type': type },
  body,
  bytes: Buffer.from(body),
  size: body.length,
  timing: { connect: 0, firstByte: 0, total: 0 } as unknown as HttpResult['timing'],
  callId: '',
  keyMasked: false,
});

async function readAnswer(text: string): Promise<void> {
  for (const type of ['application/json', 'text/markdown', 'text/plain']) {
    await turn();
    const stream = new StreamReader({ 'content-type': type });
    const result = resultOf(text, type);
    const { json = null } = new AnswerModel({ result, stream });
    childRows(json, [], 0, 200);
    searchRows(json, 'zzz', 10);
  }
  await turn();
  explainResult({ ...resultOf(text, 'text/plain'), status: 500 });
}

async function readStream(text: string): Promise<void> {
  const stream = new StreamReader({ 'content-type': 'text/event-stream' });
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += 65_536) {
    stream.push(bytes.subarray(at, at + 65_536), at);
    await turn();
  }
  stream.end(0);
}

async function readMarkdown(text: string): Promise<void> {
  const [whole] = markdownTexts({ kind: 'markdown', type: '', notes: [] }, text);
  markdownTexts({ kind: 'json', type: '', notes: [], json: { text } }, text);
  await turn();
  await inTurns(renderMarkdown(whole?.text ?? ''));
  await turn();
  // Many names for one text are one; here each has its own.
  const texts = Array.from({ length: 30 }, (_, at) => `# ${at}\n${text.slice(0, 32_000)}`);
  const parts = markdownTexts({ kind: 'json', type: '', notes: [], json: { text: texts } }, '');
  await turn();
  for (const part of parts) await inTurns(renderMarkdown(part.text));
}

function readDescription(text: string): void {
  const word = text.slice(0, 100_000);
  for (const document of [
    text,
    JSON.stringify(describing(word)),
    JSON.stringify(describing(text.slice(0, 50))),
  ]) {
    try {
      const api = readApiDocument(document);
      for (const operation of api.operations) {
        const details = api.details(operation.id);
        if (details) operationDraft(details);
        matchOperation(api.operations, 'GET', operation.path.slice(0, -1));
      }
    } catch (error) {
      if ((error as { kind?: string }).kind !== 'invalid') throw error;
    }
  }
}

const describing = (word: string) => ({
  openapi: '3.1.0',
  servers: [{ url: `/${word}` }],
  paths: {
    [`/${word}`]: {
      post: {
        summary: word,
        parameters: [{ name: word, in: 'query', required: true, schema: { type: 'string', pattern: word } }],
        requestBody: {
          content: {
            'application/json': {
              schema: {
                type: 'object',
                required: [word],
                properties: { [word]: { type: 'string', pattern: word, minLength: 9, $ref: `#/${word}` } },
              },
            },
          },
        },
      },
    },
    '/{a}{b}{c}{d}{e}/x': { get: {} },
  },
});

function readRow(text: string): void {
  const line = text.slice(0, 64 * 1024);
  const plain = plainText(line);
  piecesOf(styledRuns(line), [], findLinks(plain));
  visibleText(drawableAnsi(line));
  tracebackBlocks(text.slice(0, 256 * 1024));
}

async function readCredentials(text: string): Promise<void> {
  await inTurns(redacting(text));
  await turn();
  await inTurns(replacing(text, () => 'x'));
  await turn();
  redactHeader('x-a', text);
  redactHeader('x-a', text.slice(0, 30_000));
  await turn();
  redactBeginning(text);
  await turn();
  spellVariables(text, (name) => name);
}

const requestOf = (body: RequestSpec['body']): RequestSpec => ({
  method: 'POST',
  url: 'https://a.example/',
  headers: { 'content-type': 'text/plain' },
  ...(body === undefined ? {} : { body }),
});

/** A body that is copied in every language, saved and kept in the history. */
async function readBody(text: string): Promise<void> {
  for (const body of [text, { parts: [{ name: 'a', text }] }]) {
    const spec = requestOf(body);
    await prepareVariables(spec);
    await turn();
    withVariables(spec);
    await turn();
    await entryOf({ spec, at: 0, error: new Error('none') }, 'a');
    await turn();
    await entryOf(
      { spec: requestOf('a'), at: 0, result: resultOf(text.slice(0, 60_000), 'text/plain') },
      'a',
    );
    await turn();
  }
}

async function readSnippet(text: string): Promise<void> {
  const spec = requestOf(text.slice(0, mostCopied));
  await prepareVariables(spec);
  for (const { fits, write } of snippetKinds) {
    await turn();
    if (!fits(spec)) continue;
    await turn();
    write(spec);
  }
}

async function readDraft(text: string): Promise<void> {
  const body = { kind: 'text' as const, type: 'text/plain', text, files: [] };
  await inTurns(maskingDraft({ ...emptyDraft('POST'), body }));
}

async function readWords(text: string): Promise<void> {
  const word = { name: 'a', type: { kind: 'float' } } as unknown as Parameters<typeof parameterProblem>[0];
  parameterProblem(word, text);
  await turn();
  splitWords(text);
  await turn();
  parseTime(text, 'utc', 0);
  remoteKey(text);
}

function readKeyed(text: string): void {
  const mask = new KeyMask(['sk-sk-sk-sk-sk-sk-sk-x', 'aaaaaaaaaaaaaab']);
  mask.push(Buffer.from(text));
  mask.text(text);
}

/** By what they read. */
export const readers: Readonly<Record<string, Reader>> = {
  log: readLog,
  'structured line': (text) => parseStructured(`::progress {${text}}`, chunkOf(text)),
  traceback: readTraceback,
  'row of the log viewer': readRow,
  'CLI output': readOutput,
  'failure of the CLI': readFailure,
  '.http file': readHttpFile,
  '.env file': readDotenv,
  'Python file': (text) => [mentionsModal(text), scripts.ask(`import modal\n${text}`)].at(-1),
  'API description': readDescription,
  answer: readAnswer,
  'event stream': readStream,
  markdown: readMarkdown,
  'JSON editor': (text) => [parseJson(text), formatJson(text)],
  credentials: readCredentials,
  'body of a request': readBody,
  'request as code': readSnippet,
  'draft of a request': readDraft,
  'repeated key': readKeyed,
  'words of the user': readWords,
};
