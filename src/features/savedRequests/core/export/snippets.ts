import { ModalError } from '../../../../domain/errors.ts';
import type { RequestSpec } from '../../../../domain/request.ts';
import { requestText } from '../httpFile/write.ts';
import { curl } from './curl.ts';
import { httpx, openai } from './python.ts';
import type { SnippetKind } from './snippet.ts';
import { fetchScript } from './typescript.ts';

const http: SnippetKind = {
  id: 'http',
  label: '.http',
  fits: (spec) => !needsFile(spec),
  write: (spec) => {
    const { text, bodyFile } = requestText(spec, { name: new URL(spec.url).pathname, folder: '' });
    if (bodyFile) throw new ModalError('invalid', 'The body needs its own file. Save the request instead.');
    return text;
  },
};

/** Everything that a request can be copied as, in the order of a list. */
export const snippetKinds: readonly SnippetKind[] = [curl, httpx, openai, fetchScript, http];

/** Longer bodies are no code that somebody would read, and take time in every language. */
export const mostCopied = 256 * 1024;

/** @throws kind `invalid` for a request that is too long to be code */
export function checkCopied({ body }: RequestSpec): void {
  const texts =
    typeof body === 'object' && 'parts' in body ? body.parts.map(({ text = '' }) => text) : [body ?? ''];
  if (texts.reduce((sum, { length }) => sum + length, 0) <= mostCopied) return;
  throw new ModalError(
    'invalid',
    'The body is longer than 256 KB, which is too long for a command or a script. Save the request instead.',
  );
}

/** On the clipboard there is no place for a file beside it. */
function needsFile(spec: RequestSpec): boolean {
  try {
    return requestText(spec, { name: '', folder: '' }).bodyFile !== undefined;
  } catch {
    return true;
  }
}
