const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT'];
const otherKinds = ['WEBSOCKET', 'WS', 'WSS', 'GRPC', 'SSE', 'EVENTSOURCE', 'MQTT', 'AMQP', 'RSOCKET'];
const otherSchemes = /^(?:wss?|grpcs?|mqtts?|amqps?|rsocket):\/\//i;
const address = /^(?:https?:\/\/.|\{\{|\/)/i;

export interface RequestTarget {
  /** In capitals; `POST` for `GRAPHQL`. */
  readonly method: string;
  /** With its `{{variables}}`. */
  readonly url: string;
  /** The method was `GRAPHQL`, which JetBrains and httpyac send as a POST of JSON. */
  readonly isGraphql: boolean;
  /** '' = it can be sent */
  readonly problem: string;
}

/** Method and address of a request line whose further lines were joined to it. */
export function targetOf(text: string): RequestTarget {
  const [, word = '', rest = ''] = /^([A-Za-z]+)\s+(\S.*)$/.exec(text) ?? [];
  const said = word.toUpperCase();
  const isGraphql = said === 'GRAPHQL';
  const isKnown = isGraphql || methods.includes(said);
  // An address may hold blanks, so only a word before what is clearly an address is a method.
  const isMethod = rest !== '' && (isKnown || otherKinds.includes(said) || address.test(rest));
  const url = withoutVersion(isMethod ? rest : text);
  const method = isMethod ? said : 'GET';
  const problem = problemOf(isMethod ? word : '', isKnown, url);
  return { method: isGraphql ? 'POST' : method, url, isGraphql, problem };
}

function problemOf(word: string, isKnown: boolean, url: string): string {
  const use = `Use one of ${methods.join(', ')}.`;
  if (otherKinds.includes(word.toUpperCase())) return `${word} requests aren't supported. ${use}`;
  if (word !== '' && !isKnown) return `Unknown method ${word}. ${use}`;
  if (otherSchemes.test(url))
    return 'Only http and https requests are supported. Use a client for that protocol.';
  if (/^(?:import|run)\s/.test(url))
    return "Other files and requests can't be run from here. Copy the request into this file.";
  return address.test(url)
    ? ''
    : 'The URL is missing. It begins with http://, https:// or a {{variable}}, or is a path together with a Host header.';
}

/** Leaves out the `HTTP/1.1` at the end of a request line; JetBrains has words in brackets behind it. */
export function withoutVersion(text: string): string {
  const plain = text.trimEnd();
  const at = plain.search(/\sHTTP\/[\d.]+(?:\s?\([^()]*\))?$/i);
  return at > 0 ? plain.slice(0, at).trimEnd() : plain;
}

/** Whether a line can only be the first line of a request. */
export function beginsRequest(text: string): boolean {
  const [, word = '', rest = ''] = /^\s*([A-Z]+)\s+(\S.*)$/.exec(text) ?? [];
  return (methods.includes(word) && address.test(rest)) || /^\s*https?:\/\/\S/i.test(text);
}
