import { describe, expect, it, vi } from 'vitest';
import type { ApiOperationDetails } from '../../../src/domain/api.ts';
import type { RequestDraft } from '../../../src/domain/requestDraft.ts';
import { emptyDraft } from '../../../src/domain/requestDraft.ts';
import {
  RequestSession,
  byHand,
  keptEntry,
  operationEntry,
  sampleEntry,
} from '../../../src/features/requests/ui/requestSession.ts';
import { readSession, writeSession } from '../../../src/features/requests/ui/savedSession.ts';
import { appOf, endpointOf } from '../support/apps.ts';
import { catalogApp } from '../support/catalogApp.ts';

vi.mock('vscode', () => import('../support/editor.ts'));

const bundled = catalogApp();
const sample = sampleEntry(bundled.samples[0]!);
const target = { app: appOf(), endpoint: endpointOf() };
const bearer = { secretRef: 'secret/main/demo-key', header: 'Authorization', scheme: 'Bearer' };
const health = emptyDraft('GET', '/health');
const withQuery = (draft: RequestDraft, value: string): RequestDraft => ({
  ...draft,
  query: [{ name: 'q', value, on: true }],
});

/** The same session in the next window. */
const reopened = (session: RequestSession) =>
  new RequestSession(target, bundled, readSession(writeSession(session.saved)));

const labels = (session: RequestSession) => session.context.entries.map(({ label }) => label);

describe('how requests show who they are', () => {
  it('stays as it is when a request without a key is opened', async () => {
    let session = new RequestSession(target, bundled);
    session.adopt('GET /health', health);
    expect([session.authChoice.kind, session.auth]).toEqual(['none', undefined]);
    expect(session.describingAuth).toEqual(bearer);
    const check = async () => {
      await session.select(sample);
      expect(session.auth).toEqual(bearer);
      await session.select(keptEntry('GET /health'));
      expect([session.authChoice.kind, session.auth]).toEqual(['none', undefined]);
    };
    await check();
    session.put(keptEntry('GET /health'), withQuery(health, '1'));
    session = reopened(session);
    await check();
  });

  it('is what the request has that is open, whatever was chosen for the others', async () => {
    const open = { ...target, endpoint: { ...target.endpoint, name: 'open' } };
    const session = new RequestSession(open);
    const auth = { ...bearer, header: 'X-Other', scheme: '' };
    session.adopt('GET /health', { ...health, auth });
    expect([session.authChoice, session.auth]).toEqual([{ kind: 'header', header: 'X-Other' }, auth]);
    await session.select(byHand);
    expect(session.authChoice.kind).toBe('none');
    session.authChoice = { kind: 'secretKey', header: '' };
    await session.select(keptEntry('GET /health'));
    expect([session.authChoice.kind, session.auth]).toEqual(['header', auth]);
  });

  it('is chosen for the open request alone where that has its own', async () => {
    const session = new RequestSession(target, bundled);
    session.adopt('GET /health', { ...health, auth: bearer });
    session.authChoice = { kind: 'none', header: '' };
    expect(session.auth).toBeUndefined();
    session.put(keptEntry('GET /health'), withQuery(health, '1'));
    expect(session.auth).toBeUndefined();
    expect(reopened(session).auth).toBeUndefined();
    await session.select(sample);
    expect(session.auth).toEqual(bearer);
  });
});

describe('requests that were saved or sent before', () => {
  it('can be reached again, and are not overwritten once they are edited', async () => {
    const session = new RequestSession(target, bundled);
    const kept = keptEntry('GET /health');
    session.adopt('GET /health', health);
    session.put(kept, withQuery(health, 'edited'));
    await session.select(sample);
    expect(session.context.entries).toContainEqual(
      expect.objectContaining({ id: kept, label: 'GET /health', edited: true }),
    );
    session.adopt('GET /health', withQuery(health, 'another'));
    expect(session.title).toBe('GET /health (2)');
    session.adopt('GET /health', withQuery(health, 'edited'));
    expect([session.entry, session.draft.query[0]?.value]).toEqual([kept, 'edited']);
    expect(labels(session)).toEqual(expect.arrayContaining(['GET /health', 'GET /health (2)']));
  });

  it('start over as they were', async () => {
    const session = new RequestSession(target, bundled);
    session.adopt('GET /health', health);
    const begun = session.draft;
    session.put(session.entry, withQuery(health, 'edited'));
    await session.startOver();
    expect(session.draft).toEqual(begun);
  });
});

it('lists the draft of an operation that the app has no more', async () => {
  const operation: ApiOperationDetails = {
    id: 'POST /old',
    method: 'POST',
    path: '/old',
    title: 'Old',
    tag: '',
    deprecated: false,
    description: '',
    note: '',
    parameters: [],
    bodies: [],
    bodyRequired: false,
  };
  const session = new RequestSession(target);
  session.api = { title: '', leftOut: 0, operations: [operation], details: () => operation };
  await session.select(operationEntry(operation));
  session.put(operationEntry(operation), withQuery(session.draft, 'edited'));
  await session.select(byHand);
  expect(labels(session).filter((label) => label === 'POST /old')).toHaveLength(1);
  session.api = { title: '', leftOut: 0, operations: [], details: () => undefined };
  expect(labels(session)).toContain('POST /old');
  await session.select(operationEntry(operation));
  expect(session.draft.query[0]?.value).toBe('edited');
});
