import { Buffer } from 'node:buffer';
import { isReservedHeader } from '../../../domain/headerRules.ts';
import type { Leg } from './wire.ts';

/**
 * A request as it goes over a connection that is kept alive (RFC 9112). Method and path are those of a parsed address.
 * @param headers such that `checkHeaders` has passed: a line break in one would begin another
 */
export function requestBytes(
  { method, path, body }: Leg,
  host: string,
  headers: Readonly<Record<string, string>>,
): Buffer {
  const content = Buffer.from(body ?? '');
  const hasLength = content.length > 0 || !['GET', 'HEAD'].includes(method);
  const lines = [
    `${method} ${path} HTTP/1.1`,
    `host: ${host}`,
    'connection: keep-alive',
    ...Object.entries(headers)
      .filter(([name]) => !isReservedHeader(name))
      .map(([name, value]) => `${name}: ${value}`),
    ...(hasLength ? [`content-length: ${content.length}`] : []),
  ];
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), content]);
}
