/** Names that the client sets itself, from what is sent. */
const reserved = new Set([
  'host',
  'content-length',
  'transfer-encoding',
  'connection',
  'upgrade',
  'expect',
  'keep-alive',
]);

/** Whether a header follows from the connection and the body, so that nobody else may set it. */
export function isReservedHeader(name: string): boolean {
  return reserved.has(name.toLowerCase());
}

/** What is wrong with a header of the panel, as one sentence; '' when it can be sent. */
export function headerProblem(name: string, value: string): string {
  if (isReservedHeader(name)) return `${name} is set automatically. Remove it.`;
  return fieldProblem(name, value);
}

/**
 * What HTTP does not let a header be, as one sentence; '' when it can be one. Line breaks would let a value become
 * headers or a body of its own.
 */
export function fieldProblem(name: string, value: string): string {
  if (!/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(name))
    return `"${shown(name)}" isn't a valid header name. Use letters, digits, -, _ and .`;
  if (/[\r\n]/.test(value)) return `The value of ${name} has a line break, which headers can't contain.`;
  if (/[^\t\x20-\x7e\x80-\xff]/.test(value))
    return `The value of ${name} has characters that aren't allowed in a header.`;
  return '';
}

function shown(name: string): string {
  return JSON.stringify(name).slice(1, -1).slice(0, 60);
}
