import path from 'node:path';
import { ModalError } from '../../../../domain/errors.ts';
import type { MultipartPart, RequestAuth, RequestBody, RequestSpec } from '../../../../domain/request.ts';
import {
  addHeader,
  checkHeaders,
  checkHost,
  filledHeaders,
  hasEscape,
  isCredentialHeader,
  isKeyVariable,
  mayCarryCredential,
  referencesIn,
} from '../../../requests/core/index.ts';
import { basicCredentials, basicVariable, isAuthorization, refuseSchemes } from './authorization.ts';
import { formText } from './formText.ts';
import { graphqlJson } from './graphql.ts';
import type { BodyPiece, FileBody, HttpBody, HttpFile, HttpHeader, HttpPart, HttpRequest } from './model.ts';
import type { Variables } from './variables.ts';

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
export async function specOfHttpRequest(
  file: HttpFile,
  request: HttpRequest,
  context: SpecContext,
): Promise<RequestSpec> {
  const broken = file.problems.find(
    ({ severity, range }) => severity === 'error' && isWithin(range, request.range),
  );
  if (broken) throw new ModalError('invalid', broken.message);
  const filling = new Filling(request, context);
  const { url, credentials } = filling.url();
  const { headers, auth, secrets } = await filling.headers(url, credentials);
  const body = request.body && (await filling.body(request.body, url));
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

  /** @returns the name and password of the address apart: they are sent in a header */
  url(): { readonly url: string; readonly credentials: string | undefined } {
    const hosts = this.#headers.filter(({ name }) => isHost(name)).map(({ value }) => this.#fill(value));
    // A percent sign that encodes nothing stands for itself.
    const own = this.#fill(this.#request.url).replaceAll(/%(?![0-9A-Fa-f]{2})/g, '%25');
    const text = own.startsWith('/') && hosts[0] !== undefined ? originOfHost(hosts[0]) + own : own;
    // The parser of addresses drops line breaks without a word.
    if (hasControl(text))
      throw new ModalError('invalid', 'The URL contains a line break or control character.');
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (!url || !/^https?:$/.test(url.protocol)) throw new ModalError('invalid', noAddress(text));
    for (const host of hosts) checkHost(url, bareHost(host));
    const { username, password } = url;
    if (username === '' && password === '') return { url: url.href, credentials: undefined };
    url.username = '';
    url.password = '';
    const credentials = Buffer.from(decoded(`${username}:${password}`)).toString('base64');
    return { url: url.href, credentials };
  }

  /** Headers that name the key become a reference; the sender puts its value in. */
  async headers(
    url: string,
    credentials: string | undefined,
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
    if (credentials !== undefined && !this.#headers.some(({ name }) => isAuthorization(name))) {
      secrets[basicVariable] = credentials;
      headers['Authorization'] = `Basic {{${basicVariable}}}`;
    }
    const isTyped = this.#headers.some(({ name }) => /^content-type$/i.test(name));
    if (this.#request.body?.graphql?.isPost && !isTyped) headers['Content-Type'] = 'application/json';
    checkHeaders(filledHeaders({ headers, secrets }));
    const auth = await this.#auth(url, keys);
    return { headers, secrets, ...(auth ? { auth } : {}) };
  }

  /** @param secrets gets what must not stand in the value itself */
  #headerValue(header: string, value: string, secrets: Record<string, string>): string {
    const { variables } = this.#context;
    // There, braces stand for the credentials of the request.
    if (hasEscape(value))
      throw new ModalError('invalid', `The header ${header} contains a literal {{, which can't be sent.`);
    const basic = isAuthorization(header) ? this.#basic(value) : undefined;
    if (basic !== undefined) {
      secrets[basicVariable] = basic;
      return `Basic {{${basicVariable}}}`;
    }
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

  #basic(authorization: string): string | undefined {
    const value = this.#put(authorization);
    refuseSchemes(value);
    return basicCredentials(value);
  }

  /** The client writes host and length, and the type of a body of parts with a boundary of its own. */
  #isMadeByClient(name: string): boolean {
    const { body } = this.#request;
    if (isHost(name) || /^content-length$/i.test(name)) return true;
    if (body?.graphql && /^x-request-type$/i.test(name)) return true;
    return body?.parts !== undefined && /^content-type$/i.test(name);
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
        'A request can have only one key: {{MODAL_API_KEY}} in one header, or a proxy token as {{MODAL_KEY}} and {{MODAL_SECRET}} in one header each.',
      );
    }
    const secretRef = await this.#context.secretOf(url, isPair ? 'proxy' : 'bearer');
    if (secretRef === undefined) {
      throw new ModalError(
        'invalid',
        `No key for ${new URL(url).origin}. Keys are sent only to deployed endpoints of this account. For another server, set MODAL_API_KEY in http-client.private.env.json.`,
      );
    }
    const { header, scheme } = isPair ? secret : first;
    return { secretRef, header, scheme, ...(isPair ? { idHeader: id.header } : {}) };
  }

  async body({ parts, pieces, graphql, isForm }: HttpBody, url: string): Promise<RequestBody> {
    await this.#allowFiles(parts ?? pieces, url);
    if (parts) return { parts: await Promise.all(parts.map((part) => this.#part(part))) };
    if (graphql) {
      const query = await this.#text(graphql.query);
      return graphqlJson(query, await this.#text(graphql.variables), graphql.isPost);
    }
    const filled: (string | Uint8Array)[] = [];
    for (const piece of pieces)
      filled.push(piece.kind === 'text' ? this.#fill(piece.text) : await this.#file(piece));
    if (isForm && pieces.every(({ kind }) => kind === 'text')) return formText(filled.join(''));
    if (filled.every((piece) => typeof piece === 'string')) return filled.join('');
    const bytes = Buffer.concat(filled.map((piece) => Buffer.from(piece)));
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

  async #text(pieces: readonly BodyPiece[]): Promise<string> {
    const filled = pieces.map(async (piece) =>
      piece.kind === 'text' ? this.#fill(piece.text) : this.#textFile(piece),
    );
    return (await Promise.all(filled)).join('');
  }

  async #part({ name, fileName, type, content }: HttpPart): Promise<MultipartPart> {
    if (content.kind === 'text' || content.fillIn)
      return {
        name: this.#fill(name),
        text: content.kind === 'text' ? this.#fill(content.text) : await this.#textFile(content),
        ...(type === undefined ? {} : { type: this.#fill(type) }),
        ...(fileName === undefined ? {} : { fileName: this.#fill(fileName) }),
      };
    const file = this.#path(content);
    return {
      name: this.#fill(name),
      file: {
        path: file,
        name: fileName === undefined ? path.basename(this.#fill(content.path)) : this.#fill(fileName),
        type: type === undefined ? 'application/octet-stream' : this.#fill(type),
      },
    };
  }

  async #file(body: FileBody): Promise<string | Uint8Array> {
    return body.fillIn ? this.#textFile(body) : this.#context.readFile(this.#path(body));
  }

  async #textFile(body: FileBody): Promise<string> {
    const bytes = await this.#context.readFile(this.#path(body));
    const text = body.encoding ? Buffer.from(bytes).toString(body.encoding) : asText(bytes);
    if (text !== undefined) return body.fillIn ? this.#fill(text) : text;
    throw new ModalError(
      'invalid',
      `${body.path} is not UTF-8. Name its encoding, for example "<@latin1 ${body.path}", or send it as it is, with "<".`,
    );
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

/** @throws kind `invalid` for bytes that are no text */
function decoded(credentials: string): string {
  try {
    return decodeURIComponent(credentials);
  } catch (error) {
    const message =
      "The user name and password in the URL aren't UTF-8. Write them in an Authorization header.";
    throw new ModalError('invalid', message, { cause: error });
  }
}

const isHost = (name: string) => /^host$/i.test(name);

const bareHost = (host: string) => host.replace(/^https?:\/\//i, '').replace(/\/$/, '');

/**
 * What a path is put behind. A port of TLS means https, as for the other clients; they would send to Modal's own
 * servers in clear, which take nothing but https.
 */
function originOfHost(host: string): string {
  if (/^https?:\/\//i.test(host)) return host.replace(/\/$/, '');
  const isTls = /:(?:8?443)$/.test(host) || /\.modal\.(?:run|host)(?::443)?$/i.test(host);
  return `${isTls ? 'https' : 'http'}://${host}`;
}

function noAddress(text: string): string {
  return text.startsWith('/')
    ? `"${text.slice(0, 200)}" is a path. Write the full URL, or a Host header.`
    : `"${text.slice(0, 200)}" isn't an http or https URL.`;
}

const hasControl = (text: string) => /[\u0000-\u001f\u007f]/.test(text);

/** @returns undefined for bytes that a text could not give back as they are */
function asText(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
