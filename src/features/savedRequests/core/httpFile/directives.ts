import type { HttpProblem } from './model.ts';

interface Directive {
  readonly severity: HttpProblem['severity'];
  readonly message: string;
}

const warning = (message: string): Directive => ({ severity: 'warning', message });
const information = (message: string): Directive => ({ severity: 'information', message });

const otherRequest = warning(
  "Other requests aren't sent first. Send that request yourself, and copy what you need from its response into a variable.",
);
const sentOnce = warning('The request is sent once, immediately.');
const certificates = information('Certificates are checked as for all requests.');
const sameServer = information('Redirects within the same server are followed.');
const timeLimit = information('The time limit is the setting modalGpu.requests.timeoutSeconds.');
const usualProxy = information('The proxy is the same as for all requests.');

/** What `# @name` asks of other clients, which is not done here. Names are without hyphens and in lower case. */
const directives: Readonly<Record<string, Directive>> = {
  ref: otherRequest,
  forceref: otherRequest,
  import: warning("Other files aren't read. Copy the variables that you need into this file."),
  prompt: warning("Prompts aren't supported. Define values as @name = value, or in http-client.env.json."),
  note: information('The request is sent without confirmation.'),
  disabled: warning('"Send" sends the request anyway.'),
  loop: sentOnce,
  sleep: sentOnce,
  ratelimit: sentOnce,
  noredirect: sameServer,
  postredirectget: sameServer,
  noautoencoding: warning('The URL is encoded like any other URL.'),
  injectvariables: warning('Variables in files are replaced only if the line begins with "<@".'),
  timeout: timeLimit,
  connectiontimeout: timeLimit,
  proxy: usualProxy,
  noproxy: usualProxy,
  norejectunauthorized: certificates,
  noclientcert: certificates,
  jwt: information("Tokens in responses aren't decoded."),
  keepstreaming: information('Streams are read to the end.'),
  grpcreflection: warning("gRPC requests aren't supported."),
};

const form = /^\s*(?:#+|\/{2,})\s*@([\w-]+)/;

/** What a comment asks for and does not get. */
export function directiveOf(comment: string): Directive | undefined {
  const name = form.exec(comment)?.[1]?.replaceAll('-', '').toLowerCase();
  return name !== undefined && Object.hasOwn(directives, name) ? directives[name] : undefined;
}
