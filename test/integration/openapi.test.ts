/** The bundled apps' own API descriptions: each operation gives a form that begins with what its schema accepts. */
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { ensurePython } from '../../scripts/python.ts';
import { root } from '../../scripts/root.ts';
import type { CatalogApp } from '../../src/domain/catalog.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import { filePlace } from '../../src/features/requests/core/draftFiles.ts';
import { operationDraft } from '../../src/domain/operationDraft.ts';
import { fieldOf, membersOf } from '../../src/shared/schema/formField.ts';
import type { Schema } from '../../src/shared/schema/schema.ts';
import { isSchema } from '../../src/shared/schema/schema.ts';
import { SchemaChecker } from '../../src/shared/schema/validate.ts';
import type { ApiDocument } from '../../src/features/requests/core/openapi/apiDocument.ts';
import { readApiDocument } from '../../src/features/requests/core/openapi/apiDocument.ts';
import { sampleBody } from '../../src/features/requests/core/sample.ts';
import { specOf } from '../../src/features/requests/core/spec.ts';
import { CatalogStore } from '../../src/store/catalogStore.ts';

const modalApps = path.join(root, 'modal_apps');
const ids = ['documents', 'embeddings', 'finbert', 'interp', 'vllm'];
const base = 'https://me--app.modal.run';

let apis: Map<string, ApiDocument>;
let apps: CatalogApp[];
beforeAll(async () => {
  const script = path.join(import.meta.dirname, 'support/openapi.py');
  const { stdout } = await promisify(execFile)(await ensurePython(), [script, modalApps], {
    maxBuffer: 32 * 1024 * 1024,
  });
  const documents = JSON.parse(stdout) as Record<string, unknown>;
  apis = new Map(Object.entries(documents).map(([id, each]) => [id, readApiDocument(JSON.stringify(each))]));
  apps = await new CatalogStore(modalApps, silentLogger).apps();
}, 120_000);

/** Members with names of the caller's choice have no fields of their own. */
const isFreeMap = (schema: Schema) => isSchema(schema['additionalProperties']);
/** What the forms begin with must be sendable; only a file and one-or-the-other rules are left to the user. */
const needsUser = new Set([
  'documents POST /extract',
  'documents POST /extract_from_url',
  'documents POST /batch',
]);

describe.each(ids)('%s', (id) => {
  const api = () => apis.get(id)!;
  const app = () => apps.find((each) => each.id === id)!;

  it('has an operation for each route of its manifest', () => {
    const routes = app().endpoints.flatMap((endpoint) =>
      endpoint.function === 'ui'
        ? []
        : endpoint.routes.map(({ method, path: route }) => `${method} ${route}`),
    );
    expect(
      api()
        .operations.map((operation) => operation.id)
        .sort(),
    ).toEqual(routes.sort());
  });

  it('gives each operation a request that its own schema accepts', async () => {
    for (const operation of api().operations) {
      const details = api().details(operation.id)!;
      const draft = operationDraft(details);
      if (draft.body.kind !== 'text') continue;
      const [body] = details.bodies;
      const problems = new SchemaChecker(body!.schema).check(JSON.parse(draft.body.text));
      expect(problems, operation.id).toEqual([]);
      const pathValues = Object.fromEntries(Object.keys(draft.pathValues).map((name) => [name, 'x']));
      const spec = await specOf({ ...draft, pathValues }, base);
      expect(spec.headers['content-type'], operation.id).toBe('application/json');
    }
  });

  it('shows the members of a body as fields', () => {
    for (const operation of api().operations) {
      const [body] = api().details(operation.id)!.bodies;
      if (!body || id === 'vllm') continue; // the gateway passes bodies on as they are
      expect(body.cut, operation.id).toBe(false);
      const fields = membersOf(fieldOf(body.schema, body.schema), body.schema);
      expect(fields.length, operation.id).toBeGreaterThan(0);
      const asJson = fields.filter(({ kind, schema }) => kind === 'json' && !isFreeMap(schema));
      expect(
        asJson.map(({ name }) => name),
        operation.id,
      ).toEqual(needsUser.has(`${id} ${operation.id}`) ? ['schema'] : []);
    }
  });

  it('accepts its samples, files included', async () => {
    for (const sample of app().samples) {
      const body = api().details(`${sample.method} ${sample.path}`)!.bodies[0]!;
      const sent = (await sampleBody(app(), sample))!.body;
      expect(new SchemaChecker(body.schema).check(JSON.parse(sent)), sample.id).toEqual([]);
    }
  });
});

describe('files of the bundled apps', () => {
  it.each([
    ['documents', 'POST /extract', { kind: 'part', name: 'file' }],
    ['documents', 'POST /batch', { kind: 'json', path: ['documents', 0, 'content_b64'] }],
    ['finbert', 'POST /ratios', { kind: 'json', path: ['files', 0, 'content_b64'] }],
    ['embeddings', 'POST /embed', undefined],
  ])('%s %s', (id, operation, target) => {
    expect(filePlace(apis.get(id)!.details(operation)!)?.target).toEqual(target);
  });
});
