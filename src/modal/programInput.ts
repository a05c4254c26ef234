import { ModalError } from '../domain/errors.ts';

/**
 * Refuses what no program can be given. Node refuses it too, but quotes the value, which may be a secret.
 * @throws kind `invalid`
 */
export function assertPassable(args: readonly string[], env: NodeJS.ProcessEnv): void {
  const variable = Object.keys(env).find((name) => name.includes('\0') || env[name]?.includes('\0'));
  if (variable !== undefined)
    throw refusal(`The variable ${variable.replaceAll('\0', '')} has a NUL character`);
  if (args.some((arg) => arg.includes('\0')))
    throw refusal('A path or value of the command has a NUL character');
}

function refusal(what: string): ModalError {
  return new ModalError('invalid', `${what}, which no program can be given. Remove it, then try again.`);
}
