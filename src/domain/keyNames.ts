/**
 * Names under which keys are kept. Names of secrets, of apps and of runs are chosen by different people, so each kind
 * has a room of its own: a key must not be found by whoever gives an app the name of another's secret.
 */

/** Environments of one workspace have secrets and apps of the same names that are not the same. */
export function secretKeyName(environment: string, secretName: string): string {
  return `secret/${environment}/${secretName}`;
}

/** Only for a deployed app: no second one in its environment has that name. */
export function appKeyName(environment: string, appName: string): string {
  return `app/${environment}/${appName}`;
}

/** For an app that is served or run: its name is a description that anybody may choose, and its id is not. */
export function runKeyName(appId: string): string {
  return `run/${appId}`;
}

/** For a server that no app is known for. */
export function addressKeyName(url: string): string {
  return `address/${URL.canParse(url) ? new URL(url).origin : url}`;
}

/** A proxy token that one endpoint is given, and no other. */
export function ownPairName(name: string): string {
  return `pair/${name}`;
}

/** Until 0.7 secrets, apps and addresses shared these names. @returns undefined for a name that had none of its own */
export function formerKey(
  name: string,
): { readonly name: string; readonly isSecret: boolean; readonly of: string } | undefined {
  const origin = /^address\/(https:.+)$/s.exec(name)?.[1];
  if (origin !== undefined && URL.canParse(origin)) {
    // Only over TLS: they were kept by host, and what was typed for one with it must not go to the same without.
    const { host } = new URL(origin);
    return { name: `endpointKey//${host}`, isSecret: false, of: host };
  }
  const [, kind, environment = '', of = ''] = /^(secret|app)\/([^/]*)\/(.+)$/s.exec(name) ?? [];
  return kind === undefined
    ? undefined
    : { name: `endpointKey/${environment}/${of}`, isSecret: kind === 'secret', of };
}
