/** Files as tracebacks of containers name them, and where they may lie in a workspace. */

/** Where Modal puts the user's script and the packages that it adds. */
const remoteRoot = '/root/';

const library =
  /^<|[\\/](?:site|dist)-packages[\\/]|[\\/]lib[\\/]python\d|^\/pkg\/|^\/(?:usr|opt)\/|[\\/]importlib[\\/]/;

/** A file of Python itself, of an installed package, or of Modal's own client. */
export function isLibraryFile(file: string): boolean {
  return library.test(file);
}

/** The path below the folder that the app was deployed from. Undefined for what cannot be a file of the user. */
export function pathInProject(file: string): string | undefined {
  if (isLibraryFile(file)) return undefined;
  const posix = file.replaceAll('\\', '/');
  const relative = posix.startsWith(remoteRoot) ? posix.slice(remoteRoot.length) : posix.replace(/^\/+/, '');
  const parts = relative.split('/').filter((part) => part && part !== '.');
  return parts.length > 0 && !parts.includes('..') ? parts.join('/') : undefined;
}

/**
 * The one of several files that a path means: the one with which it shares the most names from the end.
 * @param files paths with slashes
 * @returns undefined when two are as good, or none ends with the same name
 */
export function bestMatch(path: string, files: readonly string[]): string | undefined {
  const scored = files.map((file) => ({ file, shared: sharedNames(path, file) }));
  const best = Math.max(0, ...scored.map(({ shared }) => shared));
  const found = scored.filter(({ shared }) => shared === best);
  return best > 0 && found.length === 1 ? found[0]?.file : undefined;
}

function sharedNames(one: string, other: string): number {
  const [a, b] = [one.split('/').reverse(), other.split('/').reverse()];
  const different = a.findIndex((name, at) => name !== b[at]);
  return different < 0 ? a.length : different;
}
