import { readFile, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { parse as parseDotenvText } from 'dotenv';
import { ModalError } from '../../../../domain/errors.ts';
import { isBelow } from './bodyFiles.ts';

/** The files of variables that REST clients share, read from the folder of a `.http` file and those above it. */
export interface HttpEnvironments {
  readonly names: readonly string[];
  readonly dotenv: Readonly<Record<string, string>>;
  /** Of `.env`, with what `.env.<name>` says otherwise. */
  dotenvOf(name: string): Readonly<Record<string, string>>;
  /** What could not be read, in words. */
  readonly problems: readonly string[];
  values(name: string): Record<string, string>;
  /** Names of the values that come from the private file. */
  privateNames(name: string): ReadonlySet<string>;
}

type Values = Readonly<Record<string, string>>;

const publicFile = 'http-client.env.json';
const privateFile = 'http-client.private.env.json';
const shared = '$shared';
/** They are written by hand, and read whenever a file of requests is looked at. */
const largestFile = 1024 * 1024;

/**
 * @param root folder above which nothing is read; '' = only `folder`
 * @param isTrusted whether requests may take values from the user's own files; else only the public file is read
 */
export async function readEnvironments(
  folder: string,
  root: string,
  isTrusted = true,
): Promise<HttpEnvironments> {
  const problems: string[] = [];
  const read = async (name: string) =>
    isTrusted || name === publicFile ? nearest(folder, root, name, problems) : undefined;
  const texts = [await read(publicFile), await read(privateFile)];
  const files = texts.map((text, at) => parse(text, at === 0 ? publicFile : privateFile, problems));
  const names = [...new Set(files.flatMap((file) => Object.keys(file)))].filter((name) => name !== shared);
  const dotenv = async (name: string) => readDotenv((await read(name)) ?? '', name, problems);
  const common = await dotenv('.env');
  const own = new Map<string, Values>();
  for (const name of names) if (/^[\w-]+$/.test(name)) own.set(name, await dotenv(`.env.${name}`));
  return {
    names,
    dotenv: common,
    dotenvOf: (name) => ({ ...common, ...own.get(name) }),
    problems,
    // The private file comes last: it is the one with the user's own values.
    values: (name) =>
      Object.assign({}, ...files.flatMap((file) => [file[shared], file[name]])) as Record<string, string>,
    privateNames: (name) => new Set(Object.keys({ ...files[1]?.[shared], ...files[1]?.[name] })),
  };
}

async function nearest(
  folder: string,
  root: string,
  name: string,
  problems: string[],
): Promise<string | undefined> {
  for (let at = folder; ; at = path.dirname(at)) {
    try {
      const file = await realpath(path.join(at, name));
      // A repository may link to any file of its reader, and its requests would send what stands there.
      const problem = (await isBelow(file, root || folder))
        ? await unreadable(file)
        : "is a link to a location outside the workspace and isn't read.";
      if (!problem) return await readFile(file, 'utf8');
      problems.push(`${name} ${problem}`);
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException;
      if (code !== 'ENOENT' && code !== 'ENOTDIR') problems.push(`${name} cannot be read (${code}).`);
    }
    if (root === '' || path.relative(root, at) === '' || path.relative(root, at).startsWith('..'))
      return undefined;
  }
}

/** A pipe would be waited for without end. */
async function unreadable(file: string): Promise<string> {
  const facts = await stat(file);
  if (!facts.isFile()) return 'is no file.';
  return facts.size > largestFile
    ? "is larger than 1 MB and isn't read. Remove what requests don't need."
    : '';
}

function parse(text: string | undefined, name: string, problems: string[]): Record<string, Values> {
  if (text === undefined) return {};
  try {
    const json = JSON.parse(text.replace(/^\uFEFF/, '')) as unknown;
    if (isRecord(json))
      return Object.fromEntries(
        Object.entries(json).map(([environment, values]) => [environment, flat(values)]),
      );
    problems.push(`${name} is not a JSON object of environments.`);
  } catch (error) {
    problems.push(`${name} is not valid JSON: ${(error as Error).message}`);
  }
  return {};
}

function flat(values: unknown): Values {
  if (!isRecord(values)) return {};
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  );
}

function readDotenv(text: string, name: string, problems: string[]): Values {
  try {
    return parseDotenv(text);
  } catch (error) {
    problems.push(`${name} ${(error as Error).message}`);
    return {};
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `NAME=value` lines as the package `dotenv` reads them. @throws kind `invalid` for a text that it would read for long */
export function parseDotenv(text: string): Record<string, string> {
  if (hasLongGap(text))
    throw new ModalError(
      'invalid',
      `has more than ${longestGap} blanks in a row and isn't read. Remove them.`,
    );
  return parseDotenvText(text.replace(/^\uFEFF/, ''));
}

/** The package looks at each blank of a row again for each before it. */
const longestGap = 64;

function hasLongGap(text: string): boolean {
  let gap = 0;
  for (const sign of text) {
    gap = sign.trim() === '' ? gap + 1 : 0;
    if (gap > longestGap) return true;
  }
  return false;
}
