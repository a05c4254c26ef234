import type { MultipartPart, RequestAuth, RequestSpec } from '../domain/request.ts';
import { authHeaders } from '../domain/request.ts';

/** The request as a command for a POSIX shell; the key stays a variable of the user's shell. */
export function asCurl(spec: RequestSpec): string {
  const parts = [`curl -X ${spec.method} ${quote(spec.url)}`];
  for (const [name, value] of Object.entries(spec.headers)) parts.push(`-H ${quote(`${name}: ${value}`)}`);
  for (const [name, value] of Object.entries(spec.auth ? keyHeaders(spec.auth) : {}))
    parts.push(`-H "${name}: ${value}"`);
  if (typeof spec.body === 'string') parts.push(`--data-raw ${quote(spec.body)}`);
  else for (const part of spec.body?.parts ?? []) parts.push(formPart(part));
  return parts.join(' \\\n  ');
}

/** A pair has a variable for each half. */
function keyHeaders(auth: RequestAuth): Record<string, string> {
  return authHeaders(auth, auth.idHeader ? '$MODAL_KEY.$MODAL_SECRET' : '$MODAL_API_KEY');
}

function formPart({ name, text, file }: MultipartPart): string {
  if (!file) return `--form-string ${quote(`${name}=${text ?? ''}`)}`;
  const said = (value: string) => `"${value.replaceAll(/["\\]/g, '\\$&')}"`;
  return `-F ${quote(`${name}=@${said(file.path)};filename=${said(file.name)};type=${file.type}`)}`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
