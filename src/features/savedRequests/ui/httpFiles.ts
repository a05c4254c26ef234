import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { ModalError } from '../../../domain/errors.ts';
import type { RequestSpec } from '../../../domain/request.ts';
import { lines, plain, text } from '../../../shared/text.ts';
import { visible } from '../../../shared/fileName.ts';
import type { LeavingFiles } from '../core/httpFile/bodyFiles.ts';
import { BodyFiles, isBelow } from '../core/httpFile/bodyFiles.ts';
import type { HttpEnvironments } from '../core/httpFile/environment.ts';
import { readEnvironments } from '../core/httpFile/environment.ts';
import type { HttpFile, HttpRequest } from '../core/httpFile/model.ts';
import { largestHttpFile, parseHttpFile, tooLarge } from '../core/httpFile/parse.ts';
import { specOfHttpRequest } from '../core/httpFile/toSpec.ts';
import { Variables } from '../core/httpFile/variables.ts';
import type { Endpoints } from './endpoints.ts';
import { showWarning } from '../../../editor/shown/messages.ts';
import { showPick } from '../../../editor/shown/inputs.ts';

/** What a CodeLens passes on. */
export interface HttpPlace {
  readonly uri: string;
  /** Offset of the request in the document. */
  readonly at: number;
}

const environmentKey = 'http.environment';

/** Reads `.http` documents with the variables that count for them. */
export class HttpFiles {
  readonly #endpoints: Endpoints;
  readonly #state: vscode.Memento;
  readonly #parsed = new WeakMap<vscode.TextDocument, { version: number; file: HttpFile }>();
  readonly #bodyFiles = new BodyFiles({
    roots: trustedFolders,
    ask: askForFiles,
  });
  readonly #environmentChanged = new vscode.EventEmitter<void>();

  readonly onDidChangeEnvironment = this.#environmentChanged.event;

  constructor(endpoints: Endpoints, state: vscode.Memento) {
    this.#endpoints = endpoints;
    this.#state = state;
  }

  get endpoints(): Endpoints {
    return this.#endpoints;
  }

  parse(document: vscode.TextDocument): HttpFile {
    const known = this.#parsed.get(document);
    if (known?.version === document.version) return known.file;
    const file = parseHttpFile(document.getText());
    this.#parsed.set(document, { version: document.version, file });
    return file;
  }

  async environments(uri: vscode.Uri): Promise<HttpEnvironments> {
    const root = vscode.workspace.getWorkspaceFolder(uri)?.uri.fsPath ?? '';
    return readEnvironments(path.dirname(uri.fsPath), root, vscode.workspace.isTrusted);
  }

  /** The chosen environment, or the only one. '' = none */
  environmentName({ names }: HttpEnvironments): string {
    const chosen = this.#state.get<string>(environmentKey, '');
    if (names.includes(chosen)) return chosen;
    return names.length === 1 ? (names[0] as string) : '';
  }

  async variables(uri: vscode.Uri, file: HttpFile): Promise<Variables> {
    const environments = await this.environments(uri);
    const name = this.environmentName(environments);
    return new Variables(file, {
      environment: environments.values(name),
      privateNames: environments.privateNames(name),
      dotenv: environments.dotenvOf(name),
      // Another's files must not read what the machine's owner keeps in the environment.
      processEnv: vscode.workspace.isTrusted ? process.env : {},
      isRestricted: !vscode.workspace.isTrusted,
    });
  }

  /** Lets the user choose whose variables count. */
  async selectEnvironment(): Promise<void> {
    const uri = vscode.window.activeTextEditor?.document.uri ?? vscode.workspace.workspaceFolders?.[0]?.uri;
    const environments = uri ? await this.environments(uri) : undefined;
    if (!environments || environments.names.length === 0) {
      const message = text`No environment is defined. Create a file http-client.env.json next to the requests.`;
      throw new ModalError('notFound', [...(environments?.problems ?? []), message].join(' '));
    }
    const current = this.environmentName(environments);
    const chosen = await showPick(
      environments.names.map((name) => ({
        label: plain(name),
        name,
        ...(name === current ? { description: text`chosen` } : {}),
      })),
      {
        title: text`HTTP Environment`,
        placeHolder: text`Select an environment from http-client.env.json`,
      },
    );
    if (!chosen) return;
    await this.#state.update(environmentKey, chosen.name);
    this.#environmentChanged.fire();
  }

  /** @throws kind `notFound` when there is no request at the place, else as `specOfHttpRequest` */
  async specAt(place: HttpPlace | undefined): Promise<RequestSpec> {
    const editor = vscode.window.activeTextEditor;
    const document = place
      ? await vscode.workspace.openTextDocument(vscode.Uri.parse(place.uri))
      : editor?.document;
    const at = place?.at ?? (editor ? editor.document.offsetAt(editor.selection.active) : 0);
    const file = document ? this.parse(document) : undefined;
    const request = file?.requests.find(({ range }) => range.start <= at && at <= range.end);
    if (!document || !file || !request) {
      const message = text`There is no request at the cursor. Open a .http file and place the cursor in a request.`;
      throw new ModalError('notFound', file?.problems[0]?.message ?? message);
    }
    return this.spec(document.uri, file, request);
  }

  /** @throws as `specOfHttpRequest` */
  async spec(uri: vscode.Uri, file: HttpFile, request: HttpRequest): Promise<RequestSpec> {
    const variables = await this.variables(uri, file);
    return specOfHttpRequest(file, request, {
      variables,
      folder: path.dirname(uri.fsPath),
      allowFiles: (files, url) => this.#bodyFiles.allow(files, url),
      readFile: (file) => readFile(file),
      secretOf: (url, kind) => this.#endpoints.secretOf(url, kind),
    });
  }
}

/** Whoever made a folder that is not trusted may have written requests that send its reader's files. */
function trustedFolders(): string[] {
  return vscode.workspace.isTrusted ? localFolders() : [];
}

function localFolders(): string[] {
  const { workspaceFolders = [] } = vscode.workspace;
  return workspaceFolders.filter(({ uri }) => uri.scheme === 'file').map(({ uri }) => uri.fsPath);
}

/** More than anybody reads, and than the question can show. */
const mostAskedFiles = 20;

async function askForFiles({ files, server }: LeavingFiles): Promise<boolean> {
  if (files.length > mostAskedFiles) {
    const message = text`The request would send ${files.length} files that need your consent; at most ${mostAskedFiles} are allowed. Copy them into a trusted workspace folder, or use several requests.`;
    throw new ModalError('invalid', message);
  }
  const { isTrusted } = vscode.workspace;
  const asked = await farFirst(files);
  const [first = ''] = asked;
  const isOne = asked.length === 1;
  const send = isOne ? text`Send File` : text`Send Files`;
  const what = isOne ? text`${first}` : text`${asked.length} files`;
  const these = isOne ? text`This file is` : text`These files are`;
  const why = isTrusted
    ? text`${these} outside the workspace.`
    : text`The request comes from a folder that isn't trusted.`;
  const chosen = await showWarning(
    text`Send ${what} to ${server}?`,
    { modal: true, detail: lines([why, ...(isOne ? [] : asked)]) },
    send,
  );
  return chosen === send;
}

/** As they are shown, those outside of the workspace first. */
async function farFirst(files: readonly string[]): Promise<string[]> {
  const folders = localFolders();
  const near = await Promise.all(
    files.map(async (file) =>
      (await Promise.all(folders.map((folder) => isBelow(file, folder)))).includes(true),
    ),
  );
  return [...files.filter((_, at) => !near[at]), ...files.filter((_, at) => near[at])].map(visible);
}

/** @throws kind `invalid` for a file that is too large or not UTF-8, of which nothing may be written back */
export async function readHttpFile(uri: vscode.Uri): Promise<HttpFile> {
  const name = vscode.workspace.asRelativePath(uri);
  const { size } = await vscode.workspace.fs.stat(uri);
  if (size > largestHttpFile) throw new ModalError('invalid', `${name} ${tooLarge}`);
  const bytes = await vscode.workspace.fs.readFile(uri);
  try {
    return parseHttpFile(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch (error) {
    const message = text`${name} isn't UTF-8. Save it as UTF-8 first; nothing was changed.`;
    throw new ModalError('invalid', message, { cause: error });
  }
}
