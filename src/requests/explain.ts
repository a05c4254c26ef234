import type { Explanation, HttpResult } from '../domain/request.ts';

/** Answers of Modal's web edge, which begin with this word, against those of the app. */
const edge = /^modal-http:\s*/;

const edgeTexts: readonly (readonly [RegExp, Explanation])[] = [
  [/missing credentials/, { text: 'This endpoint needs a proxy token.', action: 'enterKey' }],
  [/invalid credentials/, { text: 'Modal refused the proxy token.', action: 'enterKey' }],
  [
    /app for invoked web endpoint is stopped/,
    { text: 'The app is stopped. Deploy it again.', action: 'deploy' },
  ],
  [
    /invalid function call/,
    {
      text: 'Nothing is deployed at this address. The app may have been renamed or deleted.',
      action: 'deploy',
    },
  ],
  [/workspace .* is disabled/, { text: 'The workspace is disabled. Look at its billing page.' }],
  [
    /spend limit reached/,
    { text: "The workspace's spend limit for this billing cycle is reached. Raise it in the dashboard." },
  ],
  [/rate limit/, { text: 'Too many requests a second for this workspace. Wait a moment.', action: 'retry' }],
  [
    /timed out/,
    {
      text: 'The function ran longer than its timeout, and its container was ended. Raise `timeout=`.',
      action: 'showLogs',
    },
  ],
  [
    /terminated by signal/,
    { text: 'The container was killed, often because it ran out of memory.', action: 'showLogs' },
  ],
  [/status Failure/, { text: 'The container failed before the app could answer.', action: 'showLogs' }],
  [/InternalFailure/, { text: 'Modal could not run the container. Try again.', action: 'retry' }],
];

/** One sentence and a next step for an answer that is not a success; undefined for a success. */
export function explainResult(result: HttpResult): Explanation | undefined {
  if (result.status < 400) return undefined;
  if (edge.test(result.body)) return explainEdge(result.body.replace(edge, ''));
  const said = appMessage(result.body);
  const tell = (text: string) => (said ? `${text} ${said}` : text);
  switch (result.status) {
    case 401:
    case 403:
      return { text: tell('The app refused the key.'), action: 'enterKey' };
    case 404:
      return { text: tell('The app has no such route.') };
    case 413:
      return { text: tell('The request is too large for the app.') };
    case 400:
    case 422:
      return { text: tell('The app could not use the request.') };
    case 429:
      return { text: tell('The app is asked too often.'), action: 'retry' };
    case 503:
      return { text: tell('The app is not ready yet.'), action: 'retry' };
    default:
      return {
        text: tell(result.status >= 500 ? 'The app failed.' : 'The app refused the request.'),
        action: 'showLogs',
      };
  }
}

function explainEdge(text: string): Explanation {
  const known = edgeTexts.find(([pattern]) => pattern.test(text));
  const detail = text.length > 300 ? `${text.slice(0, 300)}…` : text;
  return known
    ? { ...known[1], text: `${known[1].text} (${detail.trim()})` }
    : { text: `Modal answered: ${detail}` };
}

/** The message of an error body, with the field that it names. */
function appMessage(body: string): string {
  try {
    const parsed = JSON.parse(body) as { error?: { message?: unknown; param?: unknown }; detail?: unknown };
    const { message, param } = parsed.error ?? {};
    if (typeof message === 'string') return typeof param === 'string' ? `${message} (${param})` : message;
    return typeof parsed.detail === 'string' ? parsed.detail : '';
  } catch {
    return body.length > 0 && body.length < 200 ? body : '';
  }
}
