import * as vscode from 'vscode';
import { addPart, putFile } from '../core/draftFiles.ts';
import type { FileTarget } from '../core/draftFiles.ts';
import { ModalError, isCancelled, toModalError } from '../../../domain/errors.ts';
import { headerProblem } from '../../../domain/headerRules.ts';
import type { Logger } from '../../../shared/logger.ts';
import type { RequestSpec } from '../../../domain/request.ts';
import { authHeaders } from '../../../domain/request.ts';
import type { RequestDraft } from '../../../domain/requestDraft.ts';
import { text } from '../../../shared/text.ts';
import type { EndpointKeys } from '../../../editor/endpointKeys.ts';
import { fileStates } from '../core/files.ts';
import type { ApiDescriptions } from '../core/openapi/apiDescriptions.ts';
import { askForKey } from './askForKey.ts';
import type { DraftContext, DraftToHost, DraftToView, ViewDraft } from '../draftMessages.ts';
import { viewDraft } from '../draftMessages.ts';
import { chooseFile, fileReference } from './chooseFile.ts';
import type { RequestSession, RequestTarget } from './requestSession.ts';
import { deployOf } from './requestSession.ts';
import type { ApiDocument } from '../core/openapi/apiDocument.ts';
import type { SavedDrafts } from './savedDrafts.ts';
import { fileTargetFor } from './fileTargetFor.ts';
import { showInformation } from '../../../editor/shown/messages.ts';
import { tellNotKept } from '../../../editor/storageProblem.ts';
import { formatCount } from '../../../shared/format.ts';

export interface RequestEditorServices {
  readonly keys: EndpointKeys;
  readonly logger: Logger;
  readonly descriptions: ApiDescriptions;
  /** Where drafts are kept; absent: nowhere. */
  readonly drafts?: SavedDrafts | undefined;
  /** What asking the endpoint would start and cost, e.g. `L40S, $1.95/h`; '' = nothing that costs more than a CPU. */
  readonly wakes: (session: RequestSession) => string;
}

const saveAfterMs = 300;

/** The request half of a panel: drafts, their files and keys, and what the endpoint says of itself. */
export class RequestEditor implements vscode.Disposable {
  readonly session: RequestSession;
  readonly #services: RequestEditorServices;
  readonly #post: (message: DraftToView) => void;
  #api: DraftContext['api'] = { kind: 'reading', words: '' };
  #reading: AbortController | undefined;
  #saving: NodeJS.Timeout | undefined;
  #shown = '';

  /** @param post sends the view a message */
  constructor(
    session: RequestSession,
    services: RequestEditorServices,
    post: (message: DraftToView) => void,
  ) {
    this.session = session;
    this.#services = services;
    this.#post = post;
    this.#save(); // a window that is opened again knows which endpoint it was
  }

  /** Sends the view everything anew. */
  async refresh(): Promise<void> {
    this.#post(await this.whole());
  }

  /** Everything that the view shows, for it to be sent. */
  async whole(): Promise<DraftToView> {
    const context = await this.#context();
    this.#shown = JSON.stringify(context);
    return { type: 'draft', draft: viewDraft.parse(this.session.draft), context };
  }

  /** The request as it stands. @throws kind `invalid` when it cannot be sent */
  spec(): Promise<RequestSpec> {
    return this.session.spec();
  }

  async handle(message: DraftToHost): Promise<void> {
    switch (message.type) {
      case 'draft':
        return this.#edited(message.entry, message.draft);
      case 'selectEntry':
        return this.open(message.id);
      case 'startOver':
        return this.startOver();
      case 'readApi':
        return this.readApi();
      case 'chooseFile':
        return this.#chooseFile(message.target);
      case 'dropFiles':
        return this.putFiles(
          message.uris.map((uri) => vscode.Uri.parse(uri)),
          message.target,
        );
      case 'setAuth':
        return this.#setAuth(message.kind, message.header);
    }
  }

  /** Opens an entry as it was left. @throws kind `invalid` when a sample's file cannot be read */
  async open(entry: string): Promise<void> {
    if (entry === this.session.entry) return; // what the view has may be newer
    try {
      await this.session.select(entry);
    } finally {
      await this.#changed(); // also when it stays what it was: the list shows the other one already
    }
  }

  /** Opens a request that was saved or sent before, as it was. */
  async adopt(title: string, draft: RequestDraft, secrets?: RequestSpec['secrets']): Promise<void> {
    this.session.adopt(title, draft, secrets);
    await this.#changed();
  }

  /** Opens an entry as it begins. @throws as `open` */
  async startOver(entry?: string): Promise<void> {
    await this.session.startOver(entry);
    await this.#changed();
  }

  /** Asks for the key and keeps it. @returns whether there is one now */
  async enterKey(): Promise<boolean> {
    const { auth, target } = this.session;
    if (!auth) {
      void showInformation(
        text`This request has no authentication. Choose a method on the Auth tab, then enter the key.`,
      );
      return false;
    }
    const value = await askForKey(target.app.name, auth.idHeader !== undefined);
    if (value === undefined) return false;
    await this.#services.keys.store(auth.secretRef, value);
    await this.#postContext();
    return true;
  }

  /** Follows the endpoint to the app as it was deployed last, which may describe itself otherwise. */
  async follow(target: RequestTarget): Promise<void> {
    const isOther = this.session.retarget(target);
    this.#save();
    if (isOther) await this.describe();
  }

  /** Learns the operations where that costs nothing: from what is kept, or by asking an endpoint that has no GPU to start. */
  async describe(): Promise<void> {
    this.#reading?.abort();
    const described = this.#described;
    const known = await this.#services.descriptions.known(described);
    if (described.version !== this.#described.version) return; // it was deployed anew meanwhile
    if (known === 'absent') return this.#setApi('absent');
    if (known) {
      this.session.api = known;
      return this.#setApi('ready', leftOutWords(known));
    }
    const wakes = this.#services.wakes(this.session);
    return wakes ? this.#setApi('asks', wakes) : this.readApi();
  }

  /** Asks the endpoint for its description. Whatever goes wrong is said in its place, never thrown. */
  async readApi(): Promise<void> {
    this.#reading?.abort();
    const reading = new AbortController();
    this.#reading = reading;
    await this.#setApi('reading');
    try {
      const headers = await this.#keyHeaders();
      const api = await this.#services.descriptions.read(this.#described, headers, reading.signal);
      if (api !== 'absent') this.session.api = api;
      if (api === 'absent') await this.#setApi('absent');
      else await this.#setApi('ready', leftOutWords(api));
    } catch (error) {
      if (isCancelled(error)) return;
      const { message } = toModalError(error);
      this.#services.logger.debug(`No API description from ${this.session.baseUrl}: ${message}`);
      await this.#setApi('failed', message);
    }
  }

  /** An endpoint that has just answered is awake: asking it costs nothing more. */
  async answered(): Promise<void> {
    if (this.#api.kind === 'asks' || this.#api.kind === 'failed') await this.readApi();
  }

  /** Puts files where the open request takes them. @throws kind `invalid` when it takes none, or not all of them */
  async putFiles(uris: readonly vscode.Uri[], target?: FileTarget): Promise<void> {
    const [first, ...others] = uris.map(fileReference);
    if (!first) return;
    const { draft, place } = fileTargetFor(this.session, first, target);
    const put = putFile(draft, place, first);
    const takesAll = place.kind === 'part';
    this.session.draft = takesAll ? others.reduce((all, file) => addPart(all, place.name, file), put) : put;
    await this.#changed();
    if (takesAll || others.length === 0) return;
    const left = others.map(({ name }) => name).join(', ');
    throw new ModalError(
      'invalid',
      `This request accepts one file; ${first.name} was attached. Send the others separately: ${left}.`,
    );
  }

  dispose(): void {
    this.#reading?.abort();
    if (this.#saving === undefined) return;
    clearTimeout(this.#saving);
    this.#saveNow();
  }

  get #described() {
    return { url: this.session.baseUrl, version: deployOf(this.session.target) };
  }

  async #edited(entry: string, draft: ViewDraft): Promise<void> {
    this.session.put(entry, draft);
    this.#save();
    await this.#postContext();
  }

  async #changed(): Promise<void> {
    this.#save();
    await this.refresh();
  }

  async #chooseFile(target: FileTarget): Promise<void> {
    const uri = await chooseFile();
    if (uri) await this.putFiles([uri], target);
  }

  async #setAuth(kind: DraftContext['auth']['kind'], header: string): Promise<void> {
    const isUsable = kind !== 'header' || headerProblem(header, '') === '';
    this.session.authChoice = { kind, header: isUsable ? header : '' };
    this.#save();
    await this.#postContext();
  }

  async #setApi(kind: DraftContext['api']['kind'], words = ''): Promise<void> {
    this.#api = { kind, words };
    await this.#postContext();
  }

  /** Leaves the draft to the view, which may have edited it meanwhile. */
  async #postContext(): Promise<void> {
    const context = await this.#context();
    const shown = JSON.stringify(context);
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#post({ type: 'context', context });
  }

  async #context(): Promise<DraftContext> {
    const { kind, header } = this.session.authChoice;
    const [state, files] = await Promise.all([this.#keyState(), fileStates(this.session.draft)]);
    return { ...this.session.context, api: this.#api, auth: { kind, header, state }, files };
  }

  async #keyState(): Promise<DraftContext['auth']['state']> {
    const { auth } = this.session;
    if (!auth) return 'none';
    return (await this.#services.keys.get(auth.secretRef)) ? 'stored' : 'missing';
  }

  async #keyHeaders(): Promise<Record<string, string>> {
    const auth = this.session.describingAuth;
    const value = auth && (await this.#services.keys.get(auth.secretRef));
    return auth && value ? authHeaders(auth, value) : {};
  }

  #save(): void {
    this.#saving ??= setTimeout(() => {
      this.#saving = undefined;
      void this.#services.drafts
        ?.write(this.session.baseUrl, this.session.saved)
        .catch((error: unknown) => this.#saveFailed(error));
    }, saveAfterMs);
  }

  #saveNow(): void {
    try {
      this.#services.drafts?.writeNow(this.session.baseUrl, this.session.saved);
    } catch (error) {
      this.#saveFailed(error);
    }
  }

  #saveFailed(error: unknown): void {
    tellNotKept('The draft of a request', error, this.#services.logger);
  }
}

function leftOutWords({ operations, leftOut }: ApiDocument): string {
  if (leftOut === 0) return '';
  const all = formatCount(operations.length + leftOut);
  return `The API has ${all} operations; only the first ${formatCount(operations.length)} are listed. Use a custom request for the others.`;
}
