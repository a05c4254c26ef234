import type { MultipartPart, RequestSpec } from '../domain/request.ts';

/** The request as a command for a POSIX shell; the key stays a variable of the user's shell. */
export function asCurl(spec: RequestSpec): string {
  const parts = [`curl -X ${spec.method} ${quote(spec.url)}`];
  for (const [name, value] of Object.entries(spec.headers)) parts.push(`-H ${quote(`${name}: ${value}`)}`);
  if (spec.auth)
    parts.push(`-H "${spec.auth.header}: ${spec.auth.scheme ? `${spec.auth.scheme} ` : ''}$MODAL_API_KEY"`);
  if (typeof spec.body === 'string') parts.push(`--data-raw ${quote(spec.body)}`);
  else if (spec.body && 'parts' in spec.body) parts.push(...spec.body.parts.map(formPart));
  return parts.join(' \\\n  ');
}

function formPart({ name, text = '', file }: MultipartPart): string {
  return file
    ? `-F ${quote(`${name}=@${file.path};type=${file.type}`)}`
    : `--form-string ${quote(`${name}=${text}`)}`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
