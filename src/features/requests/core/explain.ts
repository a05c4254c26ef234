import { STATUS_CODES } from 'node:http';
import type { ModalError } from '../../../domain/errors.ts';
import type { Explanation, ExplanationAction, HttpResult } from '../../../domain/request.ts';
import { errorReason } from './errorReason.ts';

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
  [
    /workspace \S{1,100} is disabled/,
    { text: 'The workspace is disabled. Its billing page says why.', action: 'openDashboard' },
  ],
  [
    /spend limit reached/,
    {
      text: "The workspace's spend limit for this billing cycle is reached. Raise it in the dashboard.",
      action: 'openDashboard',
    },
  ],
  [
    /bad redirect method/,
    { text: 'The address of a long poll takes only GET. Send the request to the address without its query.' },
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

/** Larger bodies would take time to read. FastAPI repeats what was sent in its reasons, so that they may be long. */
const largestReason = 8 * 1024 * 1024;

/** What of an answer explains it. */
export type ExplainedResult = Pick<HttpResult, 'status' | 'headers' | 'body' | 'size' | 'failure'>;

/**
 * What an answer that is not a success means, with the server's own reason and a next step; undefined for a success.
 * @param requestUrl what was sent there; it tells whether a redirect leads to the same server
 */
export function explainResult(result: ExplainedResult, requestUrl = ''): Explanation | undefined {
  if (result.failure !== undefined)
    return {
      text: `The status is a success, but the server says in its answer that it failed: ${result.failure}`,
      action: 'showLogs',
    };
  if (result.status < 300 || result.status === 304) return undefined;
  if (result.status < 400) return explainRedirect(result.headers, requestUrl);
  const body = result.size > largestReason ? '' : result.body;
  if (edge.test(body)) return explainEdge(body.replace(edge, ''));
  const said = ownReason(result.status, body);
  const tell = (text: string) => (said ? `${text} ${said}` : text);
  switch (result.status) {
    case 401:
      return { text: tell('The app refused the key.'), action: 'enterKey' };
    case 403:
      return { text: tell('The app does not allow this with the key that was sent.'), action: 'enterKey' };
    case 404:
      // Apps also answer so for a model or a file that they do not have.
      return { text: said ? tell('The app did not find what was asked for.') : 'The app has no such route.' };
    case 405:
      return { text: tell(`The route exists, but not with this method.${allowed(result.headers)}`) };
    case 408:
      return {
        text: tell('The request did not reach a container in time.'),
        action: 'retry',
      };
    case 409:
      return { text: tell('The app is in another state than the request needs.') };
    case 413:
      return { text: tell('The request is too large for the app.') };
    case 400:
    case 422:
      return { text: tell('The app could not use the request.') };
    case 429:
      return { text: tell('The app is asked too often.'), action: 'retry' };
    case 502:
      return {
        text: said
          ? tell('The app got no good answer from a server behind it.')
          : 'The server in the container does not listen.',
        action: 'showLogs',
      };
    case 503:
      return { text: tell('The app is not ready yet.'), action: 'retry' };
    case 504:
      return { text: tell('The app did not finish in its time.'), action: 'showLogs' };
    default:
      return {
        text: tell(result.status >= 500 ? 'The app failed.' : 'The app refused the request.'),
        action: 'showLogs',
      };
  }
}

function allowed(headers: HttpResult['headers']): string {
  const methods = headers['allow']?.replaceAll(/[^A-Z, ]/g, '').slice(0, 60);
  return methods ? ` It takes ${methods}.` : '';
}

/** Redirects of the same server were followed, so this one leads elsewhere, or to the same server without TLS. */
function explainRedirect(headers: HttpResult['headers'], requestUrl: string): Explanation | undefined {
  const { location } = headers;
  if (location === undefined) return undefined;
  const from = URL.parse(requestUrl);
  const to = URL.parse(location, from?.href);
  if (from && to && isWithoutTls(from, to)) return explainWithoutTls(from, to);
  const server = to?.origin;
  if (to?.protocol === 'http:')
    return {
      text: `The endpoint redirects to ${to.origin}, which was not followed: your key would go there, and without encryption.`,
    };
  return {
    text: `The endpoint redirects to ${server ?? 'another place'}, which was not followed: your key would go there too. If you trust it, send a request to that address.`,
  };
}

const failureActions: Readonly<Partial<Record<ModalError['kind'], ExplanationAction>>> = {
  signedOut: 'enterKey',
  offline: 'retry',
  timeout: 'raiseTimeout',
  unexpected: 'showLogs',
};

/** The next step after a request that had no answer at all. */
export function explainError(error: ModalError): Explanation {
  const action = error.action ?? failureActions[error.kind];
  return { text: error.message, ...(action ? { action } : {}) };
}

function explainEdge(text: string): Explanation {
  const known = edgeTexts.find(([pattern]) => pattern.test(text));
  const detail = text.length > 300 ? `${text.slice(0, 300)}…` : text;
  return known
    ? { ...known[1], text: `${known[1].text} (${detail.trim()})` }
    : { text: `Modal answered: ${detail}` };
}

function isWithoutTls(from: URL, to: URL): boolean {
  return from.protocol === 'https:' && to.protocol === 'http:' && from.hostname === to.hostname;
}

/** Apps behind a proxy that ends TLS write their own address with http://, mostly to add the slash of a route. */
function explainWithoutTls(from: URL, to: URL): Explanation {
  const path = `${to.pathname}${to.search}`;
  const slash =
    to.pathname === `${from.pathname}/`
      ? ` The route ends with a slash: use the path ${to.pathname} instead.`
      : ` Use the path ${path} of ${from.origin} instead.`;
  return {
    text: `The app redirects to the same server without TLS (${to.origin}), which was not followed: your key would go there unencrypted.${slash}`,
  };
}

/** What the server says beyond the name of the status. */
function ownReason(status: number, body: string): string {
  const name = (STATUS_CODES[status] ?? '').toLowerCase();
  const said = errorReason(body).replace(/^\d{3}:? /, '');
  if (name === '' || !said.toLowerCase().startsWith(name)) return said;
  return said.slice(name.length).replace(/^[:.]\s*/, '');
}
