/** Bodies of any length: looked through in turns, and with what a look at the whole would find. */
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import * as forms from '../../../src/shared/credentials/forms.ts';
import { eachMatch } from '../../../src/shared/credentials/text.ts';
import { silentLogger } from '../../../src/shared/logger.ts';
import { redacting } from '../../../src/shared/redact.ts';
import type { RequestSpec } from '../../../src/domain/request.ts';
import { emptyDraft } from '../../../src/domain/requestDraft.ts';
import { inOneGo } from '../../../src/shared/steps.ts';
import { entryOf } from '../../../src/features/savedRequests/core/history/entry.ts';
import { checkCopied, mostCopied } from '../../../src/features/savedRequests/core/export/snippets.ts';
import { inTurns } from '../../../src/shared/inTurns.ts';
import { KeyedFiles } from '../../../src/features/requests/core/keyedFiles.ts';
import { maskedDraft } from '../../../src/features/requests/core/maskedDraft.ts';
import { prepareVariables, withVariables } from '../../../src/features/requests/core/secretVariables.ts';
import { SavedDrafts } from '../../../src/features/requests/ui/savedDrafts.ts';
import type { SavedSession } from '../../../src/features/requests/ui/savedSession.ts';
import { appOf, endpointOf } from '../support/apps.ts';
import { random } from '../../soak/random.ts';

const requestOf = (body: RequestSpec['body']): RequestSpec => ({
  method: 'POST',
  url: 'https://a.example/',
  headers: {},
  ...(body === undefined ? {} : { body }),
});

/** How often others had their turn meanwhile. */
async function turnsDuring(job: Promise<unknown>): Promise<number> {
  let turns = 0;
  let running = true;
  const count = () => {
    turns++;
    if (running) setImmediate(count);
  };
  setImmediate(count);
  await job;
  running = false;
  return turns;
}

describe('a pattern that goes through a long text in steps', () => {
  const patterns: readonly (readonly [string, RegExp])[] = [
    ...Object.entries(forms).filter(([, { global }]) => global),
    ['without an end', /key=[^&\s]+/g],
    ['that looks back', /(?<![\w-])--?([A-Za-z][\w-]{1,60})[ \t]{1,3}(?=[^\s-])/g],
  ];

  it.each(patterns)('finds what it finds in the whole: %s', (_name, pattern) => {
    const next = random(7);
    const pieces = [
      'https://a:b@c ',
      'key=a&',
      `key=${'x'.repeat(150_000)} `,
      '--user x ',
      'Bearer abcdefgh1 ',
      '-----BEGIN PRIVATE KEY-----',
      'ak-A1b2C3 ',
      'dTpwYXNzd29yZDEyMzQ1 ',
      ' '.repeat(9000),
      'w'.repeat(7777),
    ];
    let text = '';
    while (text.length < 700_000) text += pieces[Math.floor(next() * pieces.length)] ?? '';
    const whole = [...text.matchAll(pattern)].map(({ index, 0: found }) => [index, found.length]);
    const steps = inOneGo(eachMatch(text, pattern, ({ index, 0: found }) => [[index, found.length]]));
    expect(steps).toEqual(whole);
  });
});

describe('a body of 1 MB that is made of credentials', () => {
  const secrets = Array.from({ length: 40_000 }, (_, at) => `{"password":"canary-${at}x"}`);
  const body = secrets.join('\n');

  it('gives way to others while variables take their places, each value its own', async () => {
    const spec = requestOf(body);
    expect(await turnsDuring(prepareVariables(spec))).toBeGreaterThan(5);
    const { spec: hidden, variables } = withVariables(spec);
    expect(hidden.body).not.toContain('canary');
    expect(variables).toHaveLength(secrets.length);
    expect(variables.at(-1)?.variable).toBe(`PASSWORD_${secrets.length}`);
    // What was prepared is what each language takes.
    expect(withVariables(spec).spec).toBe(hidden);
  });

  it('gives way to others while it is masked, kept in a draft or in the history', async () => {
    const draft = { ...emptyDraft('POST'), body: { kind: 'text' as const, type: '', text: body, files: [] } };
    expect(JSON.stringify(maskedDraft(draft))).not.toContain('canary');
    expect(await turnsDuring(inTurns(redacting(body)))).toBeGreaterThan(5);
    for (const each of [body, { parts: [{ name: 'a', text: body.slice(0, 60_000) }] }]) {
      const kept = entryOf({ spec: requestOf(each), at: 0, error: new Error('none') }, 'a');
      // How many turns there are is for the clock; without any, the loop would be held.
      expect(await turnsDuring(kept)).toBeGreaterThan(0);
      expect(JSON.stringify(await kept)).not.toContain('canary');
    }
  });

  it('is no command and no script', () => {
    expect(() => checkCopied(requestOf(body))).toThrow('longer than 256 KB');
    expect(() => checkCopied(requestOf({ parts: [{ name: 'a', text: body }] }))).toThrow('Save the request');
    expect(() => checkCopied(requestOf('x'.repeat(mostCopied)))).not.toThrow();
    expect(() => checkCopied(requestOf(undefined))).not.toThrow();
  });
});

describe('a draft that is written while a long one is still masked', () => {
  const folders: string[] = [];
  afterEach(async () => {
    for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
  });

  const sessionOf = (text: string): SavedSession => ({
    target: { app: appOf(), endpoint: endpointOf() },
    entry: 'a',
    auth: { kind: 'none', header: '' },
    drafts: { a: { ...emptyDraft('POST'), body: { kind: 'text', type: '', text, files: [] } } },
  });

  it.each(['later', 'at once'])('is the one that stays: %s', async (when) => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'drafts-'));
    folders.push(folder);
    const drafts = new SavedDrafts(new KeyedFiles(folder, 10), {} as never, silentLogger);
    const long = drafts.write('a', sessionOf('{"password":"abcdef1"},'.repeat(20_000)));
    const short = sessionOf('the newest');
    if (when === 'later') await drafts.write('a', short);
    else drafts.writeNow('a', short);
    await long;
    const [file = ''] = await readdir(folder);
    expect(await readFile(path.join(folder, file), 'utf8')).toContain('the newest');
  });
});
