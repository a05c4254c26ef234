/** Names of files are the server's words: a path, a device or a hidden file must not come of them. */
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { proposedName } from '../../../src/features/requests/core/proposedName.ts';

const named = (value: string) => proposedName({ 'content-disposition': value });
const quoted = (name: string) => named(`attachment; filename="${name.replaceAll(/["\\]/g, '\\$&')}"`);
const extended = (name: string) =>
  named(`attachment; filename="x.txt"; filename*=UTF-8''${encodeURIComponent(name)}`);

const hostile: readonly (readonly [name: string, safe: string | undefined])[] = [
  ['report.pdf', 'report.pdf'],
  ['Größe 1.pdf', 'Größe 1.pdf'],
  ['日本語.txt', '日本語.txt'],
  ['../../.ssh/authorized_keys', 'authorized_keys'],
  ['..\\..\\a.exe', 'a.exe'],
  ['/etc/passwd', 'passwd'],
  ['C:\\Windows\\a.dll', 'a.dll'],
  ['\\\\server\\share\\a.txt', 'a.txt'],
  ['..', undefined],
  ['.', undefined],
  ['', undefined],
  ['a/', undefined],
  ['...', undefined],
  ['.bashrc', 'bashrc'],
  ['. .bashrc', 'bashrc'],
  ['a.txt.', 'a.txt'],
  ['a.txt. . ', 'a.txt'],
  ['CON', '_CON'],
  ['nul.txt', '_nul.txt'],
  ['aux .tar.gz', '_aux .tar.gz'],
  ['COM1', '_COM1'],
  ['lpt9.log', '_lpt9.log'],
  ['COM¹.txt', '_COM¹.txt'],
  ['CONIN$', '_CONIN$'],
  ['a.txt:stream', 'a.txt_stream'],
  ['a<b>|c?*.txt', 'a_b__c__.txt'],
  ['gpj\u202etxt.exe', 'gpj_txt.exe'],
  ['a\u2066b\u2069.txt', 'a_b_.txt'],
  ['a\u200b.txt', 'a_.txt'],
  ['a\u0000b\r\nc\u001b[31m.txt', 'a_b__c__31m.txt'.replace('__31m', '_[31m')],
  ['a\u2028b\u0085.txt', 'a_b_.txt'],
  ['a\u{e0041}.txt', 'a_.txt'],
];

describe('the name that a server gives to an answer', () => {
  it.each(hostile)('is one in a folder, and shows what it is: %j', async (name, safe) => {
    expect(extended(name) ?? undefined).toBe(safe ?? 'x.txt');
    // Headers have no line breaks, nor what is not Latin-1.
    const header = Buffer.from(name).toString('latin1');
    if (!/[\r\n]/.test(name)) expect(quoted(header)).toBe(safe);
    if (safe === undefined) return;
    const folder = await mkdtemp(path.join(os.tmpdir(), 'names-'));
    await writeFile(path.join(folder, safe), 'x');
    expect(await readdir(folder)).toEqual([safe]);
    await rm(folder, { recursive: true });
  });

  it('is short enough for every file system, and keeps its ending', () => {
    for (const letter of ['a', 'ä', '日', '😀']) {
      const name = extended(`${letter.repeat(300)}.tar`) ?? '';
      expect(Buffer.byteLength(name)).toBeLessThanOrEqual(200);
      expect(name).toMatch(/\.tar$/);
      expect(name.isWellFormed()).toBe(true);
    }
  });

  it.each([
    ['attachment; filename=plain.txt', 'plain.txt'],
    ['attachment; filename=plain.txt; size=1', 'plain.txt'],
    ['attachment; filename="a;b.txt"', 'a;b.txt'],
    [`attachment; filename*=UTF-8''%e2%82%ac.txt; filename="euro.txt"`, '€.txt'],
    [`attachment; filename*=ISO-8859-1'en'%A3.txt`, '£.txt'],
    [`attachment; filename*=UTF-8''%ff; filename="good.txt"`, 'good.txt'],
    [`attachment; filename*=UTF-8''..%2f..%2fa.sh`, 'a.sh'],
    [`attachment; filename*=nonsense''a.txt`, undefined],
    ['attachment; xfilename="a.txt"', undefined],
    ['inline', undefined],
    ['', undefined],
  ])('is read as RFC 6266 has it: %s', (header, name) => {
    expect(named(header)).toBe(name);
  });
});
