import { ModalError } from '../domain/errors.ts';
import { ownValue } from '../shared/ownValue.ts';

/** Families of shells that read the same words. */
export type Shell = 'posix' | 'csh' | 'fish' | 'nushell' | 'powershell' | 'cmd';

const families: Readonly<Record<string, Shell>> = {
  csh: 'csh',
  tcsh: 'csh',
  fish: 'fish',
  nu: 'nushell',
  pwsh: 'powershell',
  'pwsh-preview': 'powershell',
  powershell: 'powershell',
  cmd: 'cmd',
};

/**
 * Which words a shell reads.
 * @param program its path, e.g. that of the editor's terminals; '' = the one that is usual there
 */
export function shellOf(program: string, platform: NodeJS.Platform = process.platform): Shell {
  const name = program.split(/[/\\]/).at(-1) ?? '';
  if (name === '') return platform === 'win32' ? 'powershell' : 'posix';
  return ownValue(families, name.toLowerCase().replace(/\.exe$/, '')) ?? 'posix';
}

/** Words that every shell takes as they are; a dash begins an option, and no number or operator looks like them. */
const plain = /^(?:--?)?[A-Za-z_/][\w/-]*$/;
/** The same with signs that mean something to PowerShell, cmd or nushell only. */
const plainInUnix = /^[\w./:-][\w@%+=:,./-]*$/;

const quotes: Readonly<Record<Shell, (word: string) => string>> = {
  posix: (word) => `'${word.replaceAll("'", String.raw`'\''`)}'`,
  csh: (word) => `'${word.replaceAll(/['!\n]/g, (sign) => (sign === '\n' ? '\\\n' : `'\\${sign}'`))}'`,
  fish: (word) => `'${word.replaceAll(/['\\]/g, String.raw`\$&`)}'`,
  nushell: quotedForNushell,
  // It takes typographic quotes for its own.
  powershell: (word) => `'${word.replaceAll(/['\u2018-\u201B]/g, '$&$&')}'`,
  cmd: quotedForCmd,
};

/** One word that stays one word, whatever is in it. */
export function shellQuote(word: string, shell: Shell = shellOf('')): string {
  const isUnix = shell === 'posix' || shell === 'fish' || shell === 'csh';
  return (isUnix ? plainInUnix : plain).test(word) ? word : quotes[shell](word);
}

/** A command with its variables, as it is written in a shell. */
export function shellCommand(
  words: readonly string[],
  variables: Readonly<Record<string, string>> = {},
  shell: Shell = shellOf(''),
): string {
  const quoted = words.map((word) => shellQuote(word, shell));
  const values = Object.entries(variables);
  switch (shell) {
    case 'powershell': {
      const set = values.map(([name, value]) => `$env:${name}=${quotes.powershell(value)};`);
      // It takes a quoted command for a text unless it is told to call it.
      return [...set, ...(quoted[0]?.startsWith("'") ? ['&'] : []), ...quoted].join(' ');
    }
    case 'nushell': {
      const set = values.map(([name, value]) => `$env.${name} = ${quotes.nushell(value)};`);
      return [...set, `^${quoted.join(' ')}`].join(' ');
    }
    case 'cmd':
      return [...values.map(([name, value]) => `set ${quotes.cmd(`${name}=${value}`)}&&`), ...quoted].join(
        ' ',
      );
    default: {
      const set = values.map(([name, value]) => `${name}=${shellQuote(value, shell)}`);
      return [...(shell === 'csh' && set.length > 0 ? ['env'] : []), ...set, ...quoted].join(' ');
    }
  }
}

/**
 * A command that the user may paste or that is typed into a terminal, where control characters are keys that are pressed.
 * @throws kind `invalid` when a word has some
 */
export function typedCommand(...[words, variables, shell]: Parameters<typeof shellCommand>): string {
  const command = shellCommand(words, variables, shell);
  if (!/\p{Cc}/u.test(command)) return command;
  throw new ModalError(
    'invalid',
    'A name in this command has control characters, such as a line break, so it cannot be typed. Rename the file or folder.',
  );
}

/** The fewest signs around it that it does not have itself. */
function quotedForNushell(word: string): string {
  if (!word.includes("'")) return `'${word}'`;
  return `"${word.replaceAll(/["\\]/g, String.raw`\$&`).replaceAll('\n', String.raw`\n`)}"`;
}

/** First for the program, which cuts its line into words itself, then for cmd, which reads every sign before. */
function quotedForCmd(word: string): string {
  const forProgram = `"${word
    .split('"')
    .map(doubledAtEnd)
    .join(String.raw`\"`)}"`;
  return forProgram.replaceAll(/[()%!^"<>&|]/g, '^$&');
}

/** Backslashes before a quote stand for half as many. */
function doubledAtEnd(text: string): string {
  let end = text.length;
  while (text.charAt(end - 1) === '\\') end--;
  return text + text.slice(end);
}
