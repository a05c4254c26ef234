import path from 'node:path';
import { ModalError } from '../../domain/errors.ts';
import type { MultipartPart, RequestAuth, RequestBody, RequestSpec } from '../../domain/request.ts';
import { addHeader, checkHeaders, checkHost } from '../checkHeaders.ts';
import { filledHeaders, isCredentialHeader, mayCarryCredential } from '../secretHeaders.ts';
import type { BodyPiece, FileBody, HttpFile, HttpHeader, HttpPart, HttpRequest } from './model.ts';
import type { Variables } from './variables.ts';
import { isKeyVariable, referencesIn } from './variables.ts';

export interface SpecContext {
  readonly variables: Variables;
  /** Folder of the file: what its paths are relative to. */
  readonly folder: string;
  /**
   * Makes sure that files may go to the server of an address, which is the one that is sent to.
   * @returns where each of them really is, behind its links
   * @throws kind `cancelled` when the user does not allow it
   */
  readonly allowFiles: (files: readonly string[], url: string) => Promise<readonly string[]>;
  readonly readFile: (file: string) => Promise<Uint8Array>;
  /** Where the key of an address is kept, and nothing where the address is not known: a key goes to its own only. */
  readonly secretOf: (url: string, kind: 'bearer' | 'proxy') => Promise<string | undefined>;
}

/**
 * The request of a file with its variables filled in. Credentials in headers stay references, with their values beside.
 * @throws kind `invalid` naming what is wrong, also a key that does not belong to the address
 */
export async function specOf(
  file: HttpFile,
  request: HttpRequest,
  context: SpecContext,
): Promise<RequestSpec> {
  const broken = file.problems.find(
    ({ severity, range }) => severity === 'error' && isWithin(range, request.range),
  );
  if (broken) throw new ModalError('invalid', broken.message);
  const filling = new Filling(request, context);
  const url = filling.url();
  const { headers, auth, secrets } = await filling.headers(url);
  const content = request.body?.parts ?? request.body?.pieces;
  const body = content && (await filling.body(content, url));
  const hidden = filling.hidden;
  return {
    method: request.method,
    url,
    headers,
    ...(body === undefined ? {} : { body }),
    ...(auth ? { auth } : {}),
    ...(Object.keys(secrets).length > 0 ? { secrets } : {}),
    ...(hidden.length > 0 ? { hidden } : {}),
  };
}

function isWithin(inner: { start: number }, outer: { start: number; end: number }): boolean {
  return inner.start >= outer.start && inner.start <= outer.end;
}

interface KeyHeader {
  readonly variable: string;
  readonly header: string;
  readonly scheme: string;
}

const keyHeader = /^(?:(\S+)\s+)?\{\{\s*(\w+)\s*\}\}$/;

class Filling {
  readonly #request: HttpRequest;
  readonly #context: SpecContext;
  readonly #hidden = new Set<string>();
  /** With their names filled in: a variable may make a `Host` of one. */
  readonly #headers: readonly HttpHeader[];
  /** Where the files of the body really are. */
  #files: ReadonlyMap<FileBody, string> = new Map();

  constructor(request: HttpRequest, context: SpecContext) {
    this.#request = request;
    this.#context = context;
    this.#headers = request.headers.map((header) => ({ ...header, name: this.#fill(header.name) }));
  }

  /** Credentials that were put into address and body so far. */
  get hidden(): string[] {
    return [...this.#hidden];
  }

  url(): string {
    const hosts = this.#headers.filter(({ name }) => isHost(name)).map(({ value }) => this.#fill(value));
    const own = this.#fill(this.#request.url);
    const text = own.startsWith('/') && hosts[0] !== undefined ? `http://${hosts[0]}${own}` : own;
    // The parser of addresses drops line breaks without a word.
    if (hasControl(text))
      throw new ModalError('invalid', 'The address has a line break or control character in it.');
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (!url || !/^https?:$/.test(url.protocol))
      throw new ModalError('invalid', `"${text.slice(0, 200)}" is no http or https address.`);
    for (const host of hosts) checkHost(url, host);
    return url.href;
  }

  /** Headers that name the key become a reference; the sender puts its value in. */
  async headers(
    url: string,
  ): Promise<Pick<RequestSpec, 'headers' | 'auth'> & { secrets: Record<string, string> }> {
    const headers: Record<string, string> = {};
    const secrets: Record<string, string> = {};
    const keys: KeyHeader[] = [];
    for (const { name, value } of this.#headers) {
      if (this.#isMadeByClient(name)) continue;
      const [, scheme = '', variable = ''] = keyHeader.exec(value) ?? [];
      if (isKeyVariable(variable) && !this.#context.variables.has(variable))
        keys.push({ variable, header: name, scheme });
      else addHeader(headers, name, this.#headerValue(name, value, secrets));
    }
    checkHeaders(filledHeaders({ headers, secrets }));
    const auth = await this.#auth(url, keys);
    return { headers, secrets, ...(auth ? { auth } : {}) };
  }

  /** @param secrets gets what must not stand in the value itself */
  #headerValue(header: string, value: string, secrets: Record<string, string>): string {
    const { variables } = this.#context;
    const isPlain = !mayCarryCredential(header);
    const isCredential = isCredentialHeader(header);
    let filled = '';
    let from = 0;
    for (const { name, start, end } of referencesIn(value)) {
      const text = this.#put(value.slice(start, end));
      const isKept = !isPlain && (isCredential || variables.isSecret(name));
      if (isKept) secrets[name] = text;
      filled += value.slice(from, start) + (isKept ? `{{${name}}}` : text);
      from = end;
    }
    return filled + value.slice(from);
  }

  /** The client writes the host, and the type of a body of parts with a boundary of its own. */
  #isMadeByClient(name: string): boolean {
    return isHost(name) || (this.#request.body?.parts !== undefined && /^content-type$/i.test(name));
  }

  async #auth(url: string, keys: readonly KeyHeader[]): Promise<RequestAuth | undefined> {
    const [first, ...more] = keys;
    if (!first) return undefined;
    const id = keys.find(({ variable }) => variable === 'MODAL_KEY');
    const secret = keys.find(({ variable }) => variable === 'MODAL_SECRET');
    const isPair = keys.length === 2 && id !== undefined && secret !== undefined;
    if (!isPair && (more.length > 0 || first.variable !== 'MODAL_API_KEY')) {
      throw new ModalError(
        'invalid',
        'A request has one key: {{MODAL_API_KEY}} in one header, or a proxy token as {{MODAL_KEY}} and {{MODAL_SECRET}} in one header each.',
      );
    }
    const secretRef = await this.#context.secretOf(url, isPair ? 'proxy' : 'bearer');
    if (secretRef === undefined) {
      throw new ModalError(
        'invalid',
        `No key is known for ${new URL(url).origin}. Keys go only to deployed endpoints of this account; for another server give MODAL_API_KEY a value in http-client.private.env.json.`,
      );
    }
    const { header, scheme } = isPair ? secret : first;
    return { secretRef, header, scheme, ...(isPair ? { idHeader: id.header } : {}) };
  }

  async body(content: readonly HttpPart[] | readonly BodyPiece[], url: string): Promise<RequestBody> {
    await this.#allowFiles(content, url);
    if (content.every((each): each is HttpPart => 'content' in each))
      return { parts: content.map((part) => this.#part(part)) };
    const pieces: (string | Uint8Array)[] = [];
    for (const piece of content) {
      pieces.push(piece.kind === 'text' ? this.#fill(piece.text) : await this.#file(piece));
    }
    if (pieces.every((piece) => typeof piece === 'string')) return pieces.join('');
    const bytes = Buffer.concat(pieces.map((piece) => Buffer.from(piece)));
    return asText(bytes) ?? bytes;
  }

  /** All are asked for at once, with the address that is sent to. */
  async #allowFiles(content: readonly (HttpPart | BodyPiece)[], url: string): Promise<void> {
    const files = content
      .map((each) => ('content' in each ? each.content : each))
      .filter((each) => each.kind === 'file');
    if (files.length === 0) return;
    const named = files.map((body) => path.resolve(this.#context.folder, this.#fill(body.path)));
    const real = await this.#context.allowFiles(named, url);
    this.#files = new Map(files.map((body, at) => [body, real[at] ?? '']));
  }

  #part({ name, fileName, type, content }: HttpPart): MultipartPart {
    if (content.kind === 'text')
      return {
        name: this.#fill(name),
        text: this.#fill(content.text),
        ...(type === undefined ? {} : { type: this.#fill(type) }),
        ...(fileName === undefined ? {} : { fileName: this.#fill(fileName) }),
      };
    const file = this.#path(content);
    return {
      name: this.#fill(name),
      file: {
        path: file,
        name: fileName === undefined ? path.basename(this.#fill(content.path)) : this.#fill(fileName),
        type: type ?? 'application/octet-stream',
      },
    };
  }

  async #file(body: FileBody): Promise<string | Uint8Array> {
    const bytes = await this.#context.readFile(this.#path(body));
    if (!body.fillIn) return bytes;
    const text = asText(bytes);
    if (text === undefined)
      throw new ModalError('invalid', `${body.path} is not UTF-8, so its variables cannot be filled in.`);
    return this.#fill(text);
  }

  #path(body: FileBody): string {
    return this.#files.get(body) ?? '';
  }

  /** For address and body, which have a credential only as it is. */
  #fill(text: string): string {
    const filled = this.#put(text);
    for (const name of this.#context.variables.credentialsIn(text))
      this.#hidden.add(this.#put(`{{${name}}}`));
    return filled;
  }

  #put(text: string): string {
    const { text: filled, unknown } = this.#context.variables.fill(text);
    const [first] = unknown;
    if (!first) return filled;
    if (isKeyVariable(first.name)) {
      const hint = `{{${first.name}}} stands for a whole header value, alone or after a word like Bearer.`;
      throw new ModalError('invalid', hint);
    }
    throw new ModalError('invalid', `{{${first.name}}} ${first.why}`);
  }
}

const isHost = (name: string) => /^host$/i.test(name);

const hasControl = (text: string) => /[\u0000-\u001f\u007f]/.test(text);

/** @returns undefined for bytes that a text could not give back as they are */
function asText(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
