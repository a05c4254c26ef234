import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shellCommand, shellOf, shellQuote, typedCommand } from '../../../src/modal/shell.ts';
import { terminalArguments } from '../../../src/modal/terminalArguments.ts';
import type { ShellName } from '../../host/shells.ts';
import { ensureShells, shellNames } from '../../host/shells.ts';

let folder: string;
let shells: Readonly<Record<ShellName, string>>;
beforeAll(async () => {
  shells = ensureShells();
  folder = await mkdtemp(path.join(os.tmpdir(), 'shells-'));
}, 300_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

const hostile = [
  '',
  ' ',
  "it's",
  String.raw`\'; touch PWNED; #`,
  "'; touch PWNED; '",
  '"; touch PWNED; "',
  '$(touch PWNED)',
  '`touch PWNED`',
  '${HOME} $HOME $?',
  '~ ~root',
  '=ls',
  '*?[a-z]{a,b}',
  'a && touch PWNED || b; c | d > PWNED < e',
  '(touch PWNED)',
  '!! !touch !$ !-1',
  '%self %PATH% %1 ^a^b',
  String.raw`\\ \n \t \' \" ends in \ `.trim(),
  '-n -e --',
  '#no comment',
  'two\nlines',
  'tab\tand\rreturn',
  '\u001B[31m\u0007\u007F',
  '\u2018a\u2019; \u201Atouch\u201B',
  '\u2028 \u00A0 \uFEFF',
  'naïve 日本語 😀',
  'a\\\nb',
  '@(touch PWNED) @a a,b 1..3',
  'x=1',
  '%s %d \\0101',
];
const pieces = fc.constantFrom(...hostile, ...Array.from(`'"\\$\`!#&|;<>()[]{}*?~^%=,@-+ `));
const word = fc
  .array(
    fc.oneof(
      pieces,
      fc.string({ unit: 'grapheme', maxLength: 5 }),
      fc.string({ unit: 'binary', maxLength: 5 }),
    ),
    {
      maxLength: 6,
    },
  )
  .map((parts) => parts.join('').replaceAll('\0', '').toWellFormed());
const generated = fc.sample(word, { numRuns: 200, seed: 7 });
const words = [...hostile, ...generated];

/** What the program printed of each word, as bytes between zeros. */
const printed = (output: Buffer) => output.toString('utf8').split('\0').slice(0, -1);

describe.each(shellNames)('%s', (name) => {
  const command = (list: readonly string[]) =>
    `/usr/bin/printf ${shellQuote(String.raw`%s\0`, shellOf(name))} ${list.map((each) => shellQuote(each, shellOf(name))).join(' ')}\n`;

  it(`gives ${words.length} words to a program as they are`, async () => {
    const file = path.join(folder, `${name}.script`);
    await writeFile(file, command(words));
    const { stdout } = spawnSync(shells[name], [file], { cwd: folder });
    expect(printed(stdout)).toEqual(words);
    expect(existsSync(path.join(folder, 'PWNED'))).toBe(false);
  });

  it('gives a command its variables', () => {
    const line = shellCommand(['/usr/bin/env'], { A: "it's $HOME\\", B: 'a b' }, shellOf(name));
    const { stdout } = spawnSync(shells[name], ['-c', line], { encoding: 'utf8', cwd: folder });
    expect(stdout.split('\n')).toEqual(expect.arrayContaining([`A=it's $HOME\\`, 'B=a b']));
  });
});

/** What a shell prints that believes a person types. */
async function typedInto(program: string, options: readonly string[], input: string): Promise<string> {
  // In a session of its own, since it would take the terminal of the test for itself.
  const child = spawn(program, options, {
    cwd: folder,
    env: { ...process.env, PS1: '', PS2: '', HISTFILE: '' },
    stdio: ['pipe', 'pipe', 'ignore'],
    detached: true,
  });
  child.stdin.end(input);
  return text(child.stdout);
}

/** With the expansions that a shell makes only where a person types. */
it.each([
  ['bash', ['--norc', '--noprofile', '-i']],
  ['zsh', ['-f', '-i']],
  ['tcsh', ['-f', '-i']],
] as const)('%s gives words as they are where they are typed', async (name, options) => {
  const typed = words.filter((each) => !/\p{Cc}/u.test(each));
  const lines = typed.map(
    (each) => `${typedCommand(['/usr/bin/printf', String.raw`%s\0`, each], {}, shellOf(name))}\n`,
  );
  const output = await typedInto(shells[name], options, `${lines.join('')}exit\n`);
  for (const each of typed) expect(output).toContain(`${each}\0`);
  expect(existsSync(path.join(folder, 'PWNED'))).toBe(false);
});

describe('cmd', () => {
  // Rules for it that are used by everybody.
  const other = createRequire(import.meta.url)('cross-spawn/lib/util/escape.js') as {
    argument: (word: string, twice: boolean) => string;
  };

  it('gets words as the package cross-spawn writes them', () => {
    const single = words.filter((each) => !/[\n\r]/.test(each));
    expect(single.length).toBeGreaterThan(150);
    // That package escapes more signs than must be; read by cmd, both are the same.
    const read = (line: string) => line.replaceAll(/\^([\s\S])/g, '$1');
    for (const each of single) expect(read(quotedFor('cmd', each))).toBe(read(other.argument(each, false)));
  });

  it('finds no sign of its own that is not escaped', () => {
    for (const each of words)
      expect(quotedFor('cmd', each).replaceAll(/\^[\s\S]/g, '')).not.toMatch(/["%&|<>^!()]/);
  });
});

describe('powershell', () => {
  /** A text in single quotes, by the grammar of the language: four other quotes count as one, a pair is one of them. */
  const grammar = /^['\u2018-\u201B]((?:[^'\u2018-\u201B]|['\u2018-\u201B]{2})*)['\u2018-\u201B]$/u;

  it('finds one text in each word, which is the word', () => {
    for (const each of words) {
      const inner = grammar.exec(quotedFor('powershell', each))?.[1];
      expect(inner?.replaceAll(/(['\u2018-\u201B])['\u2018-\u201B]/g, '$1')).toBe(each);
    }
  });

  it('is told to call a command in quotes', () => {
    const line = shellCommand(['C:\\a b\\modal.exe', 'deploy'], { A: "it's" }, 'powershell');
    expect(line).toBe("$env:A='it''s'; & 'C:\\a b\\modal.exe' deploy");
  });
});

/** In quotes even where it could do without. */
function quotedFor(shell: 'cmd' | 'powershell', each: string): string {
  const quoted = shellQuote(each, shell);
  if (quoted !== each) return quoted;
  return shell === 'cmd' ? `^"${each}^"` : `'${each}'`;
}

describe('a shell', () => {
  it.each([
    ['/usr/bin/fish', 'linux', 'fish'],
    ['/opt/homebrew/bin/nu', 'darwin', 'nushell'],
    ['C:\\Program Files\\PowerShell\\7\\pwsh.exe', 'win32', 'powershell'],
    ['C:\\Windows\\System32\\CMD.EXE', 'win32', 'cmd'],
    ['C:\\Program Files\\Git\\bin\\bash.exe', 'win32', 'posix'],
    ['/bin/tcsh', 'linux', 'csh'],
    ['', 'win32', 'powershell'],
    ['', 'linux', 'posix'],
  ] as const)('is known by its program: %s on %s', (program, platform, shell) => {
    expect(shellOf(program, platform)).toBe(shell);
  });
});

it('control characters are not typed, since they are keys that are pressed', () => {
  for (const sign of ['\n', '\r', '\u0003', '\u001B', '\0', '\u0085'])
    expect(() => typedCommand(['modal', 'run', `a${sign}b.py`])).toThrow('Rename the file or folder');
});

describe('the arguments of a terminal', () => {
  const run = (list: readonly string[], variables = {}) => {
    const command = { words: ['/usr/bin/printf', String.raw`%s\0`, ...list], variables, cwd: folder };
    const after = path.join(folder, "the user's $shell");
    const args = terminalArguments(command, after);
    return { args, output: spawnSync('/bin/sh', args, { encoding: 'utf8' }).stdout };
  };
  beforeAll(() =>
    writeFile(path.join(folder, "the user's $shell"), '#!/bin/sh\necho "after in $PWD"\n', { mode: 0o755 }),
  );

  it(`give ${words.length} words to the command as they are, and the terminal to the user's shell`, () => {
    const list = [...words, 'ends\n', '\n', '\r\n\n', '.', 'a.\n', '\\c', '\\'];
    const { output } = run(list);
    const [, begin, ...others] = output.split(/(?<=\n)/);
    const rest = [begin, ...others].join('');
    expect(rest.slice(rest.indexOf(list.slice(0, 3).join('\0')))).toBe(
      `${list.join('\0')}\0after in ${folder}\n`,
    );
    expect(existsSync(path.join(folder, 'PWNED'))).toBe(false);
  });

  it('say first what runs, in one line and without control characters', () => {
    const { output } = run(['two\nlines', '\u001B[31mred'], { A: 'b c' });
    const [first] = output.split('\n');
    expect(first).toBe(String.raw`$ A='b c' /usr/bin/printf '%s\0' 'two` + `\uFFFDlines' '\uFFFD[31mred'`);
  });

  it('have nothing in whose place the editor puts something else', () => {
    const { args, output } = run(['${env:HOME}', '${workspaceFolder}', '${command:x}']);
    expect(args.join('\n')).not.toContain('${');
    expect(output).toContain('${env:HOME}\0${workspaceFolder}\0${command:x}\0');
  });
});
