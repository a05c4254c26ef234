import type { SavedRequest } from '../../../../domain/savedRequest.ts';
import type { HttpFile } from './model.ts';

/**
 * The requests of a file whose address is known in full.
 * @param uri of the file
 * @param fill puts the values of variables in; those without a value stay
 */
export function savedRequestsOf(
  { requests }: HttpFile,
  uri: string,
  fill: (text: string) => string,
): SavedRequest[] {
  return requests.flatMap(({ name, method, url, head }) => {
    const filled = fill(url);
    if (filled.includes('{{') || !URL.canParse(filled)) return [];
    const { origin, pathname } = new URL(filled);
    return { title: name || `${method} ${pathname}`, method, path: pathname, origin, uri, at: head.start };
  });
}
