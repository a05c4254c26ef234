/** A `.http` file as it was read: every place is an offset into its text. */

import type { TextRange } from '../../../requests/core/index.ts';

export interface HttpFile {
  readonly text: string;
  readonly requests: readonly HttpRequest[];
  readonly variables: readonly HttpVariable[];
  readonly problems: readonly HttpProblem[];
}

/** `@name = value`, which counts for the whole file. */
export interface HttpVariable {
  readonly name: string;
  readonly value: string;
  readonly range: TextRange;
}

export interface HttpRequest {
  /** Of its `###` line, else of `# @name`, else ''. */
  readonly name: string;
  /** From its `###` to the next. */
  readonly range: TextRange;
  /** Method and address, with what stands on further lines. */
  readonly head: TextRange;
  readonly method: string;
  /** With its `{{variables}}`. */
  readonly url: string;
  readonly headers: readonly HttpHeader[];
  /** Where a first header would go: the end of the last line of address and headers. */
  readonly headEnd: number;
  readonly body?: HttpBody;
}

export interface HttpHeader {
  readonly name: string;
  readonly value: string;
  /** The line, without its end. */
  readonly range: TextRange;
}

export interface HttpBody {
  readonly range: TextRange;
  /** With the line ends that are sent. */
  readonly pieces: readonly BodyPiece[];
  /** Fields of a form, which may stand on lines of their own and are encoded. */
  readonly isForm?: true;
  readonly graphql?: GraphqlBody;
  /** Present when the content type says `multipart/form-data` and the parts can be told and have nothing else. */
  readonly parts?: readonly HttpPart[];
}

/** Sent as the JSON that GraphQL servers take. */
export interface GraphqlBody {
  readonly query: readonly BodyPiece[];
  readonly variables: readonly BodyPiece[];
  /** Of the method `GRAPHQL`; else of the header `X-REQUEST-TYPE`, which REST Client has for it. */
  readonly isPost: boolean;
}

export type BodyPiece =
  { readonly kind: 'text'; readonly text: string } | ({ readonly kind: 'file' } & FileBody);

/** `< path`, or `<@ path` with the variables of the file's text filled in. */
export interface FileBody {
  readonly path: string;
  readonly fillIn: boolean;
  /** Of a text that is filled in, where it is told: `<@latin1 path`. */
  readonly encoding?: BufferEncoding;
  readonly range: TextRange;
}

export interface HttpPart {
  readonly name: string;
  readonly fileName?: string;
  readonly type?: string;
  readonly content: BodyPiece;
}

export interface HttpProblem {
  readonly range: TextRange;
  readonly severity: 'error' | 'warning' | 'information';
  readonly message: string;
}

export type Report = (range: TextRange, severity: HttpProblem['severity'], message: string) => void;

/** @param name in lower case */
export function headerOf(request: Pick<HttpRequest, 'headers'>, name: string): string | undefined {
  return request.headers.find((header) => header.name.toLowerCase() === name)?.value;
}
