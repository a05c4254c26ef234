import { expect, it } from 'vitest';
import type { RequestDraft } from '../../../src/domain/requestDraft.ts';
import { emptyDraft } from '../../../src/domain/requestDraft.ts';
import { maskedDraft } from '../../../src/features/requests/core/maskedDraft.ts';

const canary = `sk-${'a1B2c3D4'.repeat(5)}`;
/** Nothing but its name tells what it is. */
const named = 'correct-horse-battery';
const pair = (name: string, value: string) => ({ name, value, on: true });

const draft: RequestDraft = emptyDraft('POST', '/files/{of}/{token}');

/** A credential in every place of a draft: told by its form or by its name. */
const places: readonly (readonly [string, Partial<RequestDraft>])[] = [
  ['path', { path: `/x/${canary}` }],
  ['path value', { pathValues: { of: canary } }],
  ['path value with an address', { pathValues: { of: `https://u:${canary}@host` } }],
  ['path value by its name', { pathValues: { password: named } }],
  ['query', { query: [pair('q', `say ${canary}`)] }],
  ['query by its name', { query: [pair('api_key', named)] }],
  ['header', { headers: [pair('X-Api-Key', named)] }],
  ['text', { body: { kind: 'text', type: 'text/plain', text: `use ${canary}`, files: [] } }],
  ['field', { body: { kind: 'form', fields: [pair('a', canary)] } }],
  ['field by its name', { body: { kind: 'form', fields: [pair('password', named)] } }],
  ['part', { body: { kind: 'multipart', parts: [{ name: 'a', on: true, text: `x ${canary}` }] } }],
  ['body of another kind', { otherBodies: [{ kind: 'form', fields: [pair('a', canary)] }] }],
];

it.each(places)('a draft that is written has no credential in its %s', (_place, changes) => {
  const written = JSON.stringify(maskedDraft({ ...draft, ...changes }));
  expect(JSON.stringify(changes)).toMatch(/a1B2c3D4|correct-horse/);
  expect(written).not.toMatch(/a1B2c3D4|correct-horse/);
  expect(written).toMatch(/\{\{\w+\}\}/);
});

it('a draft that is written has no token of Modal either that is too short to be told from words', () => {
  const body = { kind: 'text', type: 'text/plain', text: 'set ak-Ab12345, then go', files: [] } as const;
  expect(maskedDraft({ ...draft, body }).body).toEqual({ ...body, text: 'set ak-…, then go' });
});

it('a draft that is written keeps everything else', () => {
  const plain = { ...draft, pathValues: { of: 'report.pdf' }, query: [pair('q', 'cats & dogs')] };
  expect(maskedDraft(plain)).toEqual(plain);
});
