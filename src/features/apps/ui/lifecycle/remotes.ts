import { withoutEndSlashes } from '../../../../shared/endSlashes.ts';

/**
 * One spelling for the addresses of a Git remote, so that `git@host:me/repo.git` and `https://host/me/repo` are equal.
 * @returns `host/path` in lower case, or the text itself when it is no such address
 */
export function remoteKey(address: string): string {
  const text = address.trim();
  const scp = /^(?:[\w.-]+@)?([\w.-]+):(?!\/\/)(.+)$/.exec(text);
  const url = /^[a-z][\w+.-]*:\/\/(?:[^@/]*@)?([^/:]+)(?::\d+)?\/(.+)$/i.exec(text);
  const [, host, path] = url ?? scp ?? [];
  if (!host || !path) return text.toLowerCase();
  return `${host}/${withoutEndSlashes(path).replace(/\.git$/, '')}`.toLowerCase();
}
