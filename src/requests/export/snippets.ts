import { ModalError } from '../../domain/errors.ts';
import type { RequestSpec } from '../../domain/request.ts';
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
    if (bodyFile)
      throw new ModalError('invalid', 'The body needs a file of its own: save the request instead.');
    return text;
  },
};

/** Everything that a request can be copied as, in the order of a list. */
export const snippetKinds: readonly SnippetKind[] = [curl, httpx, openai, fetchScript, http];

/** On the clipboard there is no place for a file beside it. */
function needsFile(spec: RequestSpec): boolean {
  try {
    return requestText(spec, { name: '', folder: '' }).bodyFile !== undefined;
  } catch {
    return true;
  }
}
