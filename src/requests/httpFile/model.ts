/** A `.http` file as it was read: every place is an offset into its text. */

export interface TextRange {
  readonly start: number;
  readonly end: number;
}

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
  readonly pieces: readonly BodyPiece[];
  /** Present when the content type says `multipart/form-data` and the parts can be told. */
  readonly parts?: readonly HttpPart[];
}

export type BodyPiece =
  { readonly kind: 'text'; readonly text: string } | ({ readonly kind: 'file' } & FileBody);

/** `< path`, or `<@ path` with the variables of the file's text filled in. */
export interface FileBody {
  readonly path: string;
  readonly fillIn: boolean;
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

/** @param name in lower case */
export function headerOf(request: Pick<HttpRequest, 'headers'>, name: string): string | undefined {
  return request.headers.find((header) => header.name.toLowerCase() === name)?.value;
}
