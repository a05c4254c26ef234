import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { readSignInLine, signInFailure } from '../../../src/modal/signInOutput.ts';

/** What the CLI 1.6.4 wrote, to both streams, against a local Modal. */
const recorded = (name: string) =>
  readFileSync(path.join(import.meta.dirname, 'output', `${name}.txt`), 'utf8');
const news = (text: string) => text.split('\n').flatMap((line) => readSignInLine(line) ?? []);

it('reads address, approval, workspace and place of the token', () => {
  expect(news(recorded('sign_in'))).toEqual([
    {
      kind: 'address',
      url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:9000\/token-flow\/tf-\w+$/) as string,
    },
    { kind: 'approved' },
    { kind: 'workspace', name: 'local' },
    { kind: 'written', file: '/home/me/.modal.toml', profile: 'local' },
  ]);
});

it('reads a code, and names with blanks and dots', () => {
  expect(readSignInLine('Enter this code: ABCD-1234')).toEqual({ kind: 'code', code: 'ABCD-1234' });
  expect(readSignInLine('Token written to C:\\Users\\a b\\.modal.toml in profile team.b.')).toEqual({
    kind: 'written',
    file: 'C:\\Users\\a b\\.modal.toml',
    profile: 'team.b',
  });
});

it.each(['javascript:alert(1)', 'file:///etc/passwd', 'see https://modal.com/docs for more', ''])(
  'takes nothing else for the address: %s',
  (line) => expect(readSignInLine(line)).toBeUndefined(),
);

it('finds the cause of a failure', () => {
  const stderr = (name: string) => recorded(name).split('\n\n').at(-1) ?? '';
  expect(signInFailure(stderr('sign_in_refused'))).toBe('The request was denied.');
  expect(signInFailure('╭─ Error ──────╮\n│ Token missing. │\n╰────────────────╯\n')).toBe('Token missing.');
  expect(
    signInFailure('Traceback (most recent call last)\n│ x = 1 │\nPermissionError: [Errno 13] denied'),
  ).toBe('PermissionError: [Errno 13] denied');
});

it('never passes on a token that a failure mentions', () => {
  expect(signInFailure('bad token as-CANARYCANARY of ak-CANARYCANARY')).not.toContain('CANARY');
});
