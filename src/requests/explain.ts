import type { ModalError } from '../domain/errors.ts';
import type { Explanation, ExplanationAction, HttpResult } from '../domain/request.ts';

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

/** Longer bodies are no messages to people, and would take time to decode. */
const longestMessage = 64 * 1024;

/** One sentence and a next step for an answer that is not a success; undefined for a success. */
export function explainResult(result: HttpResult): Explanation | undefined {
  if (result.failure !== undefined)
    return {
      text: `The status is a success, but the server says in its answer that it failed: ${result.failure}`,
      action: 'showLogs',
    };
  if (result.status < 300 || result.status === 304) return undefined;
  if (result.status < 400) return explainRedirect(result.headers);
  const body = result.size > longestMessage ? '' : result.body;
  if (edge.test(body)) return explainEdge(body.replace(edge, ''));
  const said = appMessage(body);
  const tell = (text: string) => (said ? `${text} ${said}` : text);
  switch (result.status) {
    case 401:
    case 403:
      return { text: tell('The app refused the key.'), action: 'enterKey' };
    case 404:
      return { text: tell('The app has no such route.') };
    case 405:
      return { text: tell('The route exists, but not with this method.') };
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
      return { text: tell('The server in the container does not listen.'), action: 'showLogs' };
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

/** Redirects of the same server were followed, so this one leads elsewhere. */
function explainRedirect(headers: HttpResult['headers']): Explanation | undefined {
  const { location } = headers;
  if (location === undefined) return undefined;
  const server = URL.parse(location)?.origin;
  return {
    text: `The endpoint redirects to ${server ?? 'another place'}, which was not followed: your key would go there too. If you trust it, send a request to that address.`,
  };
}

const failureActions: Readonly<Partial<Record<ModalError['kind'], ExplanationAction>>> = {
  signedOut: 'enterKey',
  timeout: 'raiseTimeout',
  unexpected: 'showLogs',
};

/** The next step after a request that had no answer at all. */
export function explainFailure(error: ModalError): Explanation {
  const action = error.kind === 'offline' ? offlineAction(error) : failureActions[error.kind];
  return { text: error.message, ...(action ? { action } : {}) };
}

function offlineAction({ message }: ModalError): ExplanationAction {
  if (/certificate|proxy/.test(message)) return 'openNetworkSettings';
  return message.startsWith('Nothing listens') ? 'deploy' : 'retry';
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
