import { STATUS_CODES } from 'node:http';
import type { ModalError } from '../../../domain/errors.ts';
import type { Explanation, ExplanationAction, HttpResult } from '../../../domain/request.ts';
import { errorReason } from './errorReason.ts';

/** Answers of Modal's web edge, which begin with this word, against those of the app. */
const edge = /^modal-http:\s*/;

const edgeTexts: readonly (readonly [RegExp, Explanation])[] = [
  [/missing credentials/, { text: 'This endpoint requires a proxy token.', action: 'enterKey' }],
  [/invalid credentials/, { text: 'Modal rejected the proxy token.', action: 'enterKey' }],
  [
    /app for invoked web endpoint is stopped/,
    { text: 'The app is stopped. Deploy it again.', action: 'deploy' },
  ],
  [
    /invalid function call/,
    {
      text: 'Nothing is deployed at this URL. The app may have been renamed or deleted.',
      action: 'deploy',
    },
  ],
  [
    /workspace \S{1,100} is disabled/,
    { text: 'The workspace is disabled. See its billing page for the reason.', action: 'openDashboard' },
  ],
  [
    /spend limit reached/,
    {
      text: "The workspace's spend limit for this billing cycle has been reached. Raise it in the dashboard.",
      action: 'openDashboard',
    },
  ],
  [
    /bad redirect method/,
    { text: 'Polling URLs accept only GET. Send the request to the URL without its query string.' },
  ],
  [
    /rate limit/,
    { text: 'Too many requests per second for this workspace. Wait a moment.', action: 'retry' },
  ],
  [
    /timed out/,
    {
      text: 'The function exceeded its timeout, and its container was stopped. Increase `timeout=`.',
      action: 'showLogs',
    },
  ],
  [
    /terminated by signal/,
    { text: 'The container was killed, often because it ran out of memory.', action: 'showLogs' },
  ],
  [/status Failure/, { text: 'The container failed before the app could respond.', action: 'showLogs' }],
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
      text: `The status is a success, but the response reports a failure: ${result.failure}`,
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
      return { text: tell('The app rejected the key.'), action: 'enterKey' };
    case 403:
      return { text: tell("The app doesn't allow this with the key that was sent."), action: 'enterKey' };
    case 404:
      // Apps also answer so for a model or a file that they do not have.
      return {
        text: said ? tell("The app couldn't find what was requested.") : 'The app has no such route.',
      };
    case 405:
      return { text: tell(`The route doesn't accept this method.${allowed(result.headers)}`) };
    case 408:
      return {
        text: tell('The request did not reach a container in time.'),
        action: 'retry',
      };
    case 409:
      return { text: tell('The request conflicts with the current state of the app.') };
    case 413:
      return { text: tell('The request is too large for the app.') };
    case 400:
    case 422:
      return { text: tell("The app couldn't process the request.") };
    case 429:
      return { text: tell('Too many requests.'), action: 'retry' };
    case 502:
      return {
        text: said
          ? tell('The app got an invalid response from an upstream server.')
          : 'Nothing is listening in the container.',
        action: 'showLogs',
      };
    case 503:
      return { text: tell("The app isn't ready yet."), action: 'retry' };
    case 504:
      return { text: tell('The app timed out.'), action: 'showLogs' };
    default:
      return {
        text: tell(result.status >= 500 ? 'The app failed.' : 'The app rejected the request.'),
        action: 'showLogs',
      };
  }
}

function allowed(headers: HttpResult['headers']): string {
  const methods = headers['allow']?.replaceAll(/[^A-Z, ]/g, '').slice(0, 60);
  return methods ? ` It accepts ${methods}.` : '';
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
      text: `The endpoint redirects to ${to.origin}, which wasn't followed because your key would be sent there unencrypted.`,
    };
  return {
    text: `The endpoint redirects to ${server ?? 'another place'}, which wasn't followed because your key would be sent there too. If you trust it, send a request to that URL.`,
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
    : { text: `Modal responded: ${detail}` };
}

function isWithoutTls(from: URL, to: URL): boolean {
  return from.protocol === 'https:' && to.protocol === 'http:' && from.hostname === to.hostname;
}

/** Apps behind a proxy that ends TLS write their own address with http://, mostly to add the slash of a route. */
function explainWithoutTls(from: URL, to: URL): Explanation {
  const path = `${to.pathname}${to.search}`;
  const slash =
    to.pathname === `${from.pathname}/`
      ? ` The route ends with a slash. Use the path ${to.pathname} instead.`
      : ` Use the path ${path} of ${from.origin} instead.`;
  return {
    text: `The app redirects to the same server without TLS (${to.origin}), which wasn't followed because your key would be sent unencrypted.${slash}`,
  };
}

/** What the server says beyond the name of the status. */
function ownReason(status: number, body: string): string {
  const name = (STATUS_CODES[status] ?? '').toLowerCase();
  const said = errorReason(body).replace(/^\d{3}:? /, '');
  if (name === '' || !said.toLowerCase().startsWith(name)) return said;
  return said.slice(name.length).replace(/^[:.]\s*/, '');
}
