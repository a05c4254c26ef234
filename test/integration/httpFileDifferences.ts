/**
 * Where we do something else than httpyac with a request of the corpus, and why. REST Client was asked too, by its own
 * reader under Node; where the two differ from one another, the reason says whom we follow.
 */
export interface Difference {
  /** The parts that differ; `sent` where one of us sends nothing. */
  readonly differs: readonly string[];
  /** What we say instead of sending, or a piece of what we send: target, headers and body one below the other. */
  readonly ours: string;
  readonly reason: string;
}

type Listed = Readonly<Record<string, Readonly<Record<string, Difference>>>>;

const because = (reason: string, ours: string, ...differs: string[]): Difference => ({
  differs,
  ours,
  reason,
});
const restClient = (ours: string, ...differs: string[]) =>
  because('REST Client sends it as we do.', ours, ...differs);
/** httpyac sends it, with something else in it or left out. */
const refused = (ours: string, reason: string) => because(reason, ours, 'sent');
const neither = (ours: string, reason: string) => because(reason, ours);

const noContent = 'Both send a part without content. We warn that they do.';

export const differences: Listed = {
  'addresses.http': {
    'lower case': restClient('GET /lower', 'sent'),
    'mixed case': restClient('POST /mixed', 'sent'),
    'query lines after a version': because(
      'Both take the query for a part of the version and lose it.',
      'GET /q?a=1&b=2\n',
      'target',
    ),
    'query lines after a version, without indent': because(
      'Both lose the query, as above.',
      'GET /q?a=1&b=2\nx-a: 1\n',
      'target',
    ),
    'a query line without a value': restClient('GET /q?flag&b=2\n', 'target', 'body'),
    'query lines whose signs end the lines': because(
      'JetBrains joins them. Of the others, one sends them as headers, one as a body.',
      'GET /q?a=1&b=2\n',
      'target',
      'body',
    ),
    'a percent sign': restClient('GET /q?r=100%25\n', 'sent'),
  },
  'authorization.http': {
    'Basic, a password with a colon': restClient(basic('ann:s3:cret'), 'headers'),
    'Digest, worked out': because(
      'It has no password in it and is what a server takes.',
      'authorization: Digest username="ann", realm="r"',
      'headers',
    ),
    Digest: refused(
      "Authorization with Digest isn't supported",
      'Only an answer to a question of the server.',
    ),
    AWS: refused("Authorization with AWS isn't supported", 'Signatures are not made.'),
  },
  'bodies.http': {
    'a line that would be a variable': restClient('\n\n@media print { a { color: red } }', 'body'),
    'three equals signs': restClient('\n\na\n===\nb', 'body'),
    'words in capitals': restClient('\n\nMOVE on\nto the next', 'body'),
    'a query without a word of it': restClient('\n\nquery Find { find { id } }', 'body'),
  },
  'comments.http': {
    'headings of Markdown': because(
      'REST Client and JetBrains leave them out, and we say so; httpyac keeps them, with the requests that follow.',
      '\n\nwords',
      'body',
    ),
  },
  'forms.http': { 'a file': restClient('\n\na=1&b=x y', 'body') },
  'graphql.http': {
    'the method, without variables': because(
      'httpyac takes the brace for a name of the operation.',
      '{"query":"query {\\n  find { id }\\n}"}',
      'body',
    ),
    'the header, without variables': because(
      'REST Client says that there are no variables.',
      '"operationName":"Find","variables":{}}',
      'body',
    ),
    'a comment in the query': restClient('{"query":"query Find {\\n  find { id }\\n}"', 'body'),
  },
  'headers.http': {
    cookies: restClient('cookie: a=1; b=2', 'headers'),
    'the length is ours': restClient('\n\nlonger than five', 'body'),
    'a comma at the end': restClient('x-a: 1,\n', 'headers'),
    'of a variable': restClient('x-a: hello and hello\nx-hello: 1\n', 'headers', 'body'),
  },
  'others.http': {
    'a web socket': refused("WEBSOCKET requests aren't supported", 'It is another protocol.'),
    'two requests without a line between them': because(
      'REST Client takes the second one for a body too. We warn that it does.',
      '/second',
      'body',
    ),
  },
  'parts.http': {
    'an empty text': because(
      'The line end before a boundary belongs to it; both send one too few.',
      'name="a"\r\n\r\n\r\n--BOUNDARY--',
      'body',
    ),
    'a file without a type': because(
      'We say that it is bytes, as browsers do.',
      '\r\nContent-Type: application/octet-stream\r\n',
      'body',
    ),
    'a blank line after a file': because(
      'Both put a line end behind the file, which nobody means.',
      'PNG\r\n--BOUNDARY\r\n',
      'body',
    ),
    'no blank line before a file': because(noContent, 'image/png\r\n\r\n\u0000', 'body'),
    'no blank line before a text': because(noContent, '"a"\r\n\r\none\r\n', 'body'),
    'the last line without its signs': refused('The line --XX-- is missing', 'Servers wait for it, or fail.'),
    'no last line': refused('The line --XX-- is missing', 'Servers wait for it, or fail.'),
    'no boundary': refused('needs a boundary', 'Servers cannot read it.'),
  },
  'values.http': {
    seconds: because(
      'httpyac gives milliseconds, REST Client the seconds of Unix time.',
      't=1774952430\n',
      'target',
    ),
    milliseconds: because(
      'Both take "ms" for "m", although REST Client documents it.',
      't=1774952435\n',
      'target',
    ),
    quarters: because(
      'Both lack the plugin for "Q", which REST Client documents, and give now.',
      't=1782814830\n',
      'target',
    ),
    blanks: because(
      'Both give now where more than one blank stands between the words.',
      't=1774693230\n',
      'target',
    ),
    'a word for days': refused('takes a whole number and one of', 'Both read the first letter of any word.'),
    'no format': neither('needs iso8601, rfc1123 or a format', 'Nobody has a value for it.'),
    'one bound': neither('needs two whole numbers', 'Nobody has a value for it.'),
    'wrong order': refused('needs two whole numbers', 'REST Client has no value for it; httpyac swaps them.'),
    'of the process, not there': refused("isn't set", 'Both send nothing in its place.'),
    'of .env, not there': refused("isn't in the .env file", 'httpyac sends nothing in its place.'),
    'of the process, a name from a variable': restClient('t=from%20the%20process\n', 'target'),
    'of .env, a name from a variable': restClient('t=plain\n', 'target'),
    unknown: neither('is not one of', 'Nobody has a value for it.'),
  },
  'variables.http': {
    spaces: restClient('\n\n[around]', 'body'),
    'not there': neither("isn't defined", 'Nobody has a value for it.'),
    'a chat template': neither("isn't a variable name", 'httpyac takes it for JavaScript.'),
    'of another response': neither('is read from another request', 'It was not sent before.'),
  },
};

const noOther = 'A .http file cannot say it, and we say so before anything is written.';
const asBefore = 'As when it is sent from the first file.';

/** What we write of a request, where httpyac reads it as something else, or where it cannot be written. */
export const writtenDifferences: Listed = {
  'authorization.http': { 'Digest, worked out': because(asBefore, '', 'headers') },
  'forms.http': {
    'a file': because('Only a file keeps its blank as it is; httpyac has no files in forms.', '', 'body'),
  },
  'headers.http': { 'a comma at the end': because(asBefore, '', 'headers') },
  'parts.http': {
    'a boundary within a text': because(noOther, '', partOfLines('a')),
    'a file that is filled in': because(noOther, '', partOfLines('f')),
  },
};

function basic(pair: string): string {
  return `authorization: Basic ${Buffer.from(pair).toString('base64')}`;
}

function partOfLines(name: string): string {
  return `The text of the part "${name}" has line breaks or characters that .http files interpret differently. Send it as a file.`;
}
