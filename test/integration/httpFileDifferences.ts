/**
 * Where we do something else than httpyac with a request of the corpus, and why. REST Client was asked too, by its own
 * reader under Node; where the two differ from one another, the reason says whom we follow.
 */
export interface Difference {
  /** The parts that differ; `sent` where one of us sends nothing. */
  readonly differs: readonly string[];
  /** What we say instead of sending. */
  readonly says?: string;
  readonly reason: string;
}

type Listed = Readonly<Record<string, Readonly<Record<string, Difference>>>>;

const restClient = (...differs: string[]): Difference => ({
  differs,
  reason: 'REST Client sends it as we do.',
});
const because = (reason: string, ...differs: string[]): Difference => ({ differs, reason });
/** @param sent by httpyac, with something else in it or left out */
const refused = (says: string, reason: string): Difference => ({ differs: ['sent'], says, reason });
const neither = (says: string, reason: string): Difference => ({ differs: [], says, reason });

export const differences: Listed = {
  'addresses.http': {
    'lower case': restClient('sent'),
    'mixed case': restClient('sent'),
    'query lines after a version': because(
      'Both take the query for a part of the version and lose it.',
      'target',
    ),
    'query lines after a version, without indent': because('Both lose the query, as above.', 'target'),
    'a query line without a value': restClient('target', 'body'),
    'query lines whose signs end the lines': because(
      'JetBrains joins them. Of the others, one sends them as headers, one as a body.',
      'target',
      'body',
    ),
    'a percent sign': restClient('sent'),
  },
  'authorization.http': {
    'Basic, a password with a colon': restClient('headers'),
    'Digest, worked out': because('It has no password in it and is what a server takes.', 'headers'),
    Digest: refused('Authorization with Digest is not done', 'Only an answer to a question of the server.'),
    AWS: refused('Authorization with AWS is not done', 'Signatures are not made.'),
  },
  'bodies.http': {
    'a line that would be a variable': restClient('body'),
    'three equals signs': restClient('body'),
    'words in capitals': restClient('body'),
    'a query without a word of it': restClient('body'),
  },
  'comments.http': {
    'headings of Markdown': because(
      'REST Client and JetBrains leave them out, and we say so; httpyac keeps them, with the requests that follow.',
      'body',
    ),
  },
  'forms.http': { 'a file': restClient('body') },
  'graphql.http': {
    'the method, without variables': because('httpyac takes the brace for a name of the operation.', 'body'),
    'the header, without variables': because('REST Client says that there are no variables.', 'body'),
    'a comment in the query': restClient('body'),
  },
  'headers.http': {
    cookies: restClient('headers'),
    'the length is ours': restClient('body'),
    'a comma at the end': restClient('headers'),
    'of a variable': restClient('headers', 'body'),
  },
  'others.http': {
    'a web socket': refused('WEBSOCKET requests are not sent from here', 'It is another protocol.'),
    'two requests without a line between them': because(
      'REST Client takes the second one for a body too. We warn that it does.',
      'body',
    ),
  },
  'parts.http': {
    'an empty text': because('A line end before the boundary belongs to it; both send one too few.', 'body'),
    'a file without a type': because('We say that it is bytes, as browsers do.', 'body'),
    'a blank line after a file': because('Both put a line end behind the file, which nobody means.', 'body'),
    'no blank line before a file': because('Both send a part without content. We warn that they do.', 'body'),
    'no blank line before a text': because('Both send a part without content. We warn that they do.', 'body'),
    'the last line without its signs': refused('The line --XX-- is missing', 'Servers wait for it, or fail.'),
    'no last line': refused('The line --XX-- is missing', 'Servers wait for it, or fail.'),
    'no boundary': refused('needs a boundary', 'Servers cannot read it.'),
  },
  'values.http': {
    seconds: because('httpyac gives milliseconds, REST Client the seconds of Unix time.', 'target'),
    milliseconds: because('Both take "ms" for "m", although REST Client documents it.', 'target'),
    quarters: because('Both lack the plugin for "Q", which REST Client documents, and give now.', 'target'),
    blanks: because('Both give now where more than one blank stands between the words.', 'target'),
    'a word for days': refused('takes a whole number and one of', 'Both read the first letter of any word.'),
    'no format': neither('needs iso8601, rfc1123 or a format', 'Nobody has a value for it.'),
    'one bound': neither('needs two whole numbers', 'Nobody has a value for it.'),
    'wrong order': refused('needs two whole numbers', 'REST Client has no value for it; httpyac swaps them.'),
    'of the process, not there': refused('is not set', 'Both send nothing in its place.'),
    'of .env, not there': refused('is not in the .env file', 'httpyac sends nothing in its place.'),
    'of the process, a name from a variable': restClient('target'),
    'of .env, a name from a variable': restClient('target'),
    unknown: neither('is not one of', 'Nobody has a value for it.'),
  },
  'variables.http': {
    spaces: restClient('body'),
    'not there': neither('has no value', 'Nobody has a value for it.'),
    'a chat template': neither('is no name of a variable', 'httpyac takes it for JavaScript.'),
    'of another response': neither('is read from another request', 'It was not sent before.'),
  },
};

const noOther = 'A .http file cannot say it, and we say so before anything is written.';

/** What we write of a request, where httpyac reads it as something else, or where it cannot be written. */
export const writtenDifferences: Listed = {
  'authorization.http': {
    'Digest, worked out': because('As when it is sent from the first file.', 'headers'),
  },
  'forms.http': {
    'a file': because('Only a file keeps its blank as it is; httpyac has no files in forms.', 'body'),
  },
  'headers.http': { 'a comma at the end': because('As when it is sent from the first file.', 'headers') },
  'parts.http': {
    'a boundary within a text': because(noOther, partOfLines('a')),
    'a file that is filled in': because(noOther, partOfLines('f')),
  },
};

function partOfLines(name: string): string {
  return `The text of the part "${name}" has line breaks or signs that .http files read as something else. Send it as a file.`;
}
