import { redactBeginning } from '../shared/redact.ts';

/** What a line of `modal token new` tells. */
export type SignInNews =
  | { readonly kind: 'address'; readonly url: string }
  | { readonly kind: 'code'; readonly code: string }
  | { readonly kind: 'approved' }
  | { readonly kind: 'workspace'; readonly name: string }
  | { readonly kind: 'written'; readonly file: string; readonly profile: string };

/** Reads one line of the CLI's output; undefined for lines that tell nothing new. */
export function readSignInLine(line: string): SignInNews | undefined {
  const text = line.trim();
  const url = /^https?:\/\/\S+$/.exec(text)?.[0];
  if (url) return { kind: 'address', url };
  const code = /^Enter this code:\s*(\S.*)$/.exec(text)?.[1];
  if (code) return { kind: 'code', code };
  if (text.startsWith('Web authentication finished successfully')) return { kind: 'approved' };
  const name = /^Token is connected to the (.+) workspace\.$/.exec(text)?.[1];
  if (name) return { kind: 'workspace', name };
  const written = /^Token written to (.+)\.$/.exec(text)?.[1] ?? '';
  const at = written.lastIndexOf(inProfile);
  const file = written.slice(0, Math.max(at, 0));
  const profile = written.slice(at + inProfile.length);
  return file && profile ? { kind: 'written', file, profile } : undefined;
}

const inProfile = ' in profile ';

/** Lines and corners of the panels that the CLI draws. */
const panel = /[╭╮╰╯│─┌┐└┘|]+/g;

/** The cause that the CLI gives on its way out: the text of its error panel, or the last line of a traceback. */
export function signInFailure(stderr: string): string {
  const lines = stderr
    .split('\n')
    .map((line) => line.replace(panel, ' ').replace(/\s+/g, ' ').trim())
    .filter((line) => line !== '' && line !== 'Error');
  const traceback = lines.findIndex((line) => line.startsWith('Traceback (most recent call last)'));
  const cause = traceback < 0 ? lines.join(' ') : (lines.at(-1) ?? '');
  return redactBeginning(cause.replace(/^Error: /, '')).slice(0, 400);
}
