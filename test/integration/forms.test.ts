/** Forms against a real FastAPI: what an app receives of a form that goes out as its own description begins it. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline/promises';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensurePython } from '../../scripts/python.ts';
import { putFile } from '../../src/features/requests/core/draftFiles.ts';
import { operationDraft } from '../../src/domain/operationDraft.ts';
import type { DraftBody, Pair, RequestDraft } from '../../src/domain/requestDraft.ts';

import { initialValue } from '../../src/shared/schema/initialValue.ts';
import type { Schema } from '../../src/shared/schema/schema.ts';
import { parseKeepingNumbers } from '../../src/features/requests/core/keepNumbers.ts';
import { send } from '../../src/features/requests/core/httpClient.ts';
import type { ApiDocument } from '../../src/features/requests/core/openapi/apiDocument.ts';
import { readApiDocument } from '../../src/features/requests/core/openapi/apiDocument.ts';
import { closeSchema } from '../../src/features/requests/core/openapi/closeSchema.ts';
import { specOf } from '../../src/features/requests/core/spec.ts';

interface Meant {
  readonly begun: unknown;
  readonly on: unknown;
}

let server: ChildProcess;
let folder: string;
let base: string;
let api: ApiDocument;
let meant: Readonly<Record<string, Meant>>;

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'forms-'));
  await writeFile(path.join(folder, 'one.txt'), 'hello');
  const script = path.join(import.meta.dirname, 'fixtures/every_parameter.py');
  server = spawn(await ensurePython(), ['-B', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [port] = (await once(createInterface(server.stdout!), 'line')) as [string];
  base = `http://127.0.0.1:${port}`;
  meant = (await get('/meant')) as typeof meant;
  api = readApiDocument(await (await fetch(`${base}/openapi.json`)).text(), base);
}, 60_000);
afterAll(async () => {
  server.kill();
  await rm(folder, { recursive: true, force: true });
});

const get = async (where: string) => parseKeepingNumbers(await (await fetch(base + where)).text());

/** The required files are all that a form cannot begin with. */
function withFiles(draft: RequestDraft): RequestDraft {
  const file = { uri: pathToFileURL(path.join(folder, 'one.txt')).href, name: 'one.txt', type: 'text/plain' };
  const parts = draft.body.kind === 'multipart' ? draft.body.parts : [];
  return parts
    .filter((part) => part.on && part.text === undefined)
    .reduce((with_, { name }) => putFile(with_, { kind: 'part', name }, file), draft);
}

/** Every line that shows a value is switched on. */
function allOn(draft: RequestDraft): RequestDraft {
  const on = (pairs: readonly Pair[]) =>
    pairs.map((pair) => ({ ...pair, on: pair.on || !/^$|=$/.test(pair.value) }));
  const body: DraftBody =
    draft.body.kind === 'form'
      ? { kind: 'form', fields: on(draft.body.fields) }
      : draft.body.kind === 'multipart'
        ? {
            kind: 'multipart',
            parts: draft.body.parts.map((part) => ({ ...part, on: part.on || Boolean(part.text) })),
          }
        : draft.body;
  return { ...draft, query: on(draft.query), headers: on(draft.headers), body };
}

async function received(draft: RequestDraft): Promise<unknown> {
  const { signal } = new AbortController();
  const spec = await specOf(withFiles(draft), base);
  const result = await send({ ...spec, signal, headersTimeoutMs: 10_000 });
  return { status: result.status, body: parseKeepingNumbers(result.body) };
}

describe('an app receives what its description says', () => {
  it('of every kind of parameter, from the form as it begins and with all lines on', async () => {
    const wrong: string[] = [];
    const check = async (name: string, draft: RequestDraft, body: unknown) => {
      const got = await received(draft).catch((error: unknown) => String(error));
      if (JSON.stringify(got) !== JSON.stringify({ status: 200, body }))
        wrong.push(`${name}: ${JSON.stringify(got)} for ${JSON.stringify(body)}`);
    };
    for (const operation of api.operations) {
      const draft = operationDraft(api.details(operation.id)!);
      const { begun, on } = meant[operation.id]!;
      await check(operation.id, draft, begun);
      await check(`${operation.id}, all on`, allOn(draft), on);
    }
    expect(api.operations).toHaveLength(Object.keys(meant).length);
    expect(wrong).toEqual([]);
  });
});

describe('what a form begins with', () => {
  it('is a value of the type that it is for, whatever type of pydantic that is', async () => {
    const script = path.join(import.meta.dirname, 'fixtures/pydantic_kinds.py');
    const python = spawn(await ensurePython(), ['-B', script], { stdio: ['pipe', 'pipe', 'inherit'] });
    const lines = createInterface(python.stdout)[Symbol.asyncIterator]();
    const line = async () => JSON.parse((await lines.next()).value as string) as Record<string, unknown>;
    const schemas = await line();
    const values = Object.entries(schemas).map(([name, schema]) => {
      const { schema: closed } = closeSchema(schema, schema as Schema);
      return [name, JSON.stringify(initialValue(closed, closed))];
    });
    python.stdin.end(`${JSON.stringify(Object.fromEntries(values))}\n`);
    expect(await line()).toEqual({});
    expect(values.length).toBeGreaterThan(70);
  });
});
