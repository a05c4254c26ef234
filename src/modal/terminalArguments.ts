import { shellCommand, shellOf } from './shell.ts';

/**
 * Says which command runs, runs it, and becomes the user's shell, so that its output stays readable. All words come as
 * arguments and no shell reads them as code; `printf %b` gives them back as they were before `unreplaceable`. The shell drops
 * the line breaks at the end of what a command prints, so each word is printed with a dot behind it.
 */
const script = [
  // Written so that the editor finds none of its variables here.
  String.raw`add=$(printf 'set -- "$@" "\044{word%%.}"')`,
  `for word; do shift; word=$(printf %b. "$word"); eval "$add"; done`,
  `shell=$1; cd -- "$2" || exit; printf '$ %s\\n' "$3"; shift 3`,
  `trap : INT; "$@"; trap - INT; exec "$shell"`,
].join('; ');

export interface TerminalCommand {
  readonly words: readonly string[];
  readonly variables?: Readonly<Record<string, string>>;
  /** '' = as the terminal has it. */
  readonly cwd?: string;
}

/**
 * Arguments with which `/bin/sh` runs a command in a terminal.
 * @param shell program that the terminal becomes in the end
 */
export function terminalArguments(
  { words, variables = {}, cwd = '' }: TerminalCommand,
  shell: string,
): string[] {
  const shown = shellCommand(words, variables, shellOf(shell)).replaceAll(/\p{Cc}/gu, '\uFFFD');
  const set = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
  const all = [shell, cwd || '.', shown, ...(set.length > 0 ? ['env', ...set] : []), ...words];
  return ['-c', script, 'sh', ...all.map(unreplaceable)];
}

/** The editor puts other words into the place of `${env:…}` and the like, also in the arguments of a terminal. */
function unreplaceable(word: string): string {
  return word.replaceAll('\\', String.raw`\\`).replaceAll('$', String.raw`\0044`);
}
