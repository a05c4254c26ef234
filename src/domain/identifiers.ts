/** The forms of what Modal and Git call things by. Whatever passes here can be no option of a command. */

/** Prefixes of Modal's ids, by what they name. */
export const idPrefixes = {
  app: 'ap',
  function: 'fu',
  functionCall: 'fc',
  container: 'ta',
  class: 'cs',
  image: 'im',
  sandbox: 'sb',
  endpoint: 'ep',
  volume: 'vo',
  secret: 'st',
  environment: 'en',
  proxyToken: 'wk',
  proxyTokenSecret: 'ws',
} as const;

export type IdKind = keyof typeof idPrefixes;

/** Modal's ids have 22 letters and digits behind the prefix; newer kinds may have more. */
const idRest = /^[A-Za-z0-9]{1,64}$/;

export function isModalId(kind: IdKind, text: unknown): text is string {
  const prefix = `${idPrefixes[kind]}-`;
  return typeof text === 'string' && text.startsWith(prefix) && idRest.test(text.slice(prefix.length));
}

/** Modal's rule for existing environments; new ones may have no dot. */
export function isEnvironmentName(text: string): boolean {
  return /^[A-Za-z0-9][\w.-]{0,63}$/.test(text) && !/^en-/i.test(text);
}

/** Modal's rule for names of apps, functions, secrets and other objects. */
export function isObjectName(text: string): boolean {
  return /^[\w.-]{1,64}$/.test(text) && !/^ap-[A-Za-z0-9]{22}$/.test(text);
}

declare const checked: unique symbol;

/** A full hash as Git prints it. Only such a text may reach Git: it takes others for options or other things. */
export type CommitHash = string & { readonly [checked]: 'commit hash' };

/** @returns undefined for what is no full hash, of SHA-1 or SHA-256 */
export function commitHash(text: string): CommitHash | undefined {
  return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text) ? (text as CommitHash) : undefined;
}
