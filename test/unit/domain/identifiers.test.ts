import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { commitHash } from '../../../src/domain/identifiers.ts';
import { oneLine } from '../../../src/shared/plainText.ts';
import { webAddress } from '../../../src/shared/webAddress.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'identifiers-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A repository with one commit. */
function repository(format: string): (...args: string[]) => string {
  const cwd = path.join(folder, format);
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=A', '-c', 'user.email=a@example.com', ...args], {
      cwd,
      encoding: 'utf8',
    }).trim();
  execFileSync('git', ['init', '--quiet', `--object-format=${format}`, '--initial-branch=main', cwd]);
  git('commit', '--quiet', '--allow-empty', '--message', 'one');
  return git;
}

describe.each(['sha1', 'sha256'])('a commit of a %s repository', (format) => {
  const git = repository(format);
  const head = git('rev-parse', 'HEAD');

  it('is a hash as Git prints it in full', () => {
    expect(commitHash(head)).toBe(head);
    expect(git('rev-parse', commitHash(head)!)).toBe(head);
  });

  it('is nothing else that Git would take for a commit, or for an option', () => {
    const names = ['HEAD', 'main', '@', 'HEAD~0', 'main^0', ':/one', git('rev-parse', '--short', 'HEAD')];
    for (const name of names) expect(git('rev-parse', name), name).toBe(head);
    const others = [
      ...[
        '--output=/tmp/x',
        '-O/tmp/x',
        '--',
        '',
        ' ',
        '0'.repeat(39),
        `-${head.slice(1)}`,
        head.toUpperCase(),
      ],
      ...[
        `${head}\n`,
        ` ${head}`,
        `${head}^`,
        `${head}:file`,
        `${head}..HEAD`,
        head.slice(0, -1),
        `${head}0`,
      ],
    ];
    for (const name of [...names, ...others]) expect(commitHash(name), name).toBeUndefined();
  });
});

describe('an address', () => {
  it.each([
    'https://me--web.modal.run',
    'https://me--web.modal.run:443/path?q=1#part',
    'http://localhost:8000/',
    'http://me--web.localhost:8000/x',
    'http://127.0.0.1:9/',
    'http://[::1]:9/',
  ])('of a server that may be opened passes: %s', (address) => {
    expect(webAddress(address)?.href).toBe(new URL(address).href);
  });

  it.each([
    ...[
      'http://example.com',
      'http://localhost.example.com',
      'http://127.0.0.1.example.com',
      'http://0.0.0.0',
      'http://2130706433.example',
    ],
    ...[
      'https://user@example.com',
      'https://user:pw@example.com',
      'https://modal.com%2f@evil.example',
      'https://modal.com\\@evil.example',
    ],
    ...[
      'javascript:alert(1)',
      'file:///etc/passwd',
      'vscode://x/y',
      'command:workbench.action.quit',
      'data:text/html,x',
      'ftp://x',
    ],
    ...[
      'https://',
      'https:',
      '//example.com',
      'example.com',
      '',
      'https://a b.example',
      'https://a.example/\u0000',
      'https://a.example/\n',
    ],
    ...[
      ' https://a.example',
      'https://a.example\t',
      'ht\ntps://a.example',
      `https://a.example/${'x'.repeat(9000)}`,
    ],
  ])('that is another or seems another is refused: %j', (address) => {
    expect(webAddress(address)).toBeUndefined();
  });
});

it('shows words of others in one line, without what acts on the text around it', () => {
  expect(oneLine('a\u0000b\r\nc\u001b[2Jd\u202ee\u2028f\ud800g', 100)).toBe('a b c [2Jd e f g');
  expect(oneLine('für 日本 🚀 -x', 100)).toBe('für 日本 🚀 -x');
  expect(oneLine('x'.repeat(10_000_000), 5)).toBe('xxxx…');
  expect(oneLine('🚀'.repeat(10), 4)).toBe('🚀 …');
});
