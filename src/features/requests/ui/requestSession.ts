import type { ApiOperation, ApiOperationDetails } from '../../../domain/api.ts';
import { matchOperation } from '../../../domain/api.ts';
import type { App, Endpoint } from '../../../domain/app.ts';
import type { CatalogApp, Sample } from '../../../domain/catalog.ts';
import { operationDraft } from '../../../domain/operationDraft.ts';
import type { AuthChoice, RequestAuth, RequestSpec } from '../../../domain/request.ts';
import type { RequestDraft } from '../../../domain/requestDraft.ts';
import { emptyDraft } from '../../../domain/requestDraft.ts';
import { withoutEndSlashes } from '../../../shared/endSlashes.ts';
import { authChoice, defaultAuth, requestAuth } from '../core/auth.ts';
import type { ApiDocument } from '../core/openapi/apiDocument.ts';
import { sampleDraft } from '../core/sample.ts';
import { specOf } from '../core/spec.ts';
import type { DraftContext } from '../draftMessages.ts';
import type { SavedSession } from './savedSession.ts';

export interface RequestTarget {
  readonly app: App;
  readonly endpoint: Endpoint;
}

/** The request by hand, which every endpoint has. */
export const byHand = 'hand';

/** Id of the entry of a sample. */
export const sampleEntry = (sample: Pick<Sample, 'id'>) => `sample:${sample.id}`;
/** Id of the entry of a request that was saved or is in the history. */
export const keptEntry = (title: string) => `kept:${title}`;
/** Id of the entry of an operation. */
export const operationEntry = (operation: Pick<ApiOperation, 'id'>) => `operation:${operation.id}`;

/**
 * The requests to one endpoint as they are being edited: a draft for each sample and operation that was opened, so
 * that looking at another loses nothing.
 */
export class RequestSession {
  readonly bundled: CatalogApp | undefined;
  #target: RequestTarget;
  readonly #drafts = new Map<string, RequestDraft>();
  /** What each draft began as. */
  readonly #begun = new Map<string, RequestDraft>();
  /** Values of the `{{names}}` of headers: never in a draft. */
  #secrets: Readonly<Record<string, string>> = {};
  #entry = byHand;
  #auth: AuthChoice;
  #api: ApiDocument | undefined;

  constructor(target: RequestTarget, bundled?: CatalogApp, saved?: SavedSession) {
    this.#target = target;
    this.bundled = bundled;
    this.#auth = saved?.auth ?? defaultAuth(target, bundled);
    for (const [entry, draft] of Object.entries(saved?.drafts ?? {})) this.#drafts.set(entry, draft);
    if (saved && this.#drafts.has(saved.entry)) this.#entry = saved.entry;
    else this.#drafts.set(byHand, this.#drafts.get(byHand) ?? emptyDraft());
  }

  get target(): RequestTarget {
    return this.#target;
  }

  /** Follows the endpoint to the app as it was deployed last. @returns whether it may describe itself otherwise now */
  retarget(target: RequestTarget): boolean {
    const before = deployOf(this.#target);
    this.#target = target;
    if (deployOf(target) === before) return false;
    this.#api = undefined;
    return true;
  }

  get entry(): string {
    return this.#entry;
  }

  get draft(): RequestDraft {
    return this.#drafts.get(this.#entry) ?? emptyDraft();
  }

  set draft(draft: RequestDraft) {
    this.#drafts.set(this.#entry, draft);
  }

  /** Keeps what was edited, also of an entry that was left meanwhile. */
  put(entry: string, draft: RequestDraft): void {
    const before = this.#drafts.get(entry);
    if (before) this.#drafts.set(entry, { ...draft, ...ownAuth(before) });
  }

  /** Opens a request that was saved or sent before, as it was, also with its key or without one. */
  adopt(title: string, { auth, ...rest }: RequestDraft, secrets: RequestSpec['secrets'] = {}): void {
    this.#secrets = { ...this.#secrets, ...secrets };
    const draft = { ...rest, ...ownAuth({ auth, authChoice: authChoice(auth) }) };
    const entry = this.#keptEntryFor(title, draft);
    this.#begun.set(entry, draft);
    this.#drafts.set(entry, draft);
    this.#entry = entry;
  }

  get authChoice(): AuthChoice {
    return this.draft.authChoice ?? this.#auth;
  }

  set authChoice(choice: AuthChoice) {
    if (this.draft.authChoice) this.draft = { ...this.draft, auth: undefined, authChoice: choice };
    else this.#auth = choice;
  }

  /** By reference; undefined where no key is sent. */
  get auth(): RequestAuth | undefined {
    return this.draft.auth ?? requestAuth(this.authChoice, this.target, this.bundled);
  }

  /** Of what asks for the API description: an open request without a key says nothing of the endpoint. */
  get describingAuth(): RequestAuth | undefined {
    return this.auth ?? requestAuth(this.#auth, this.target, this.bundled);
  }

  /** What the endpoint says of itself, once it was read. */
  set api(api: ApiDocument | undefined) {
    this.#api = api;
  }

  get hasApi(): boolean {
    return this.#api !== undefined;
  }

  get samples(): readonly Sample[] {
    const { name } = this.target.endpoint;
    return this.bundled?.samples.filter((sample) => sample.function === name) ?? [];
  }

  /** The sample that is open. */
  get sample(): Sample | undefined {
    return this.samples.find((sample) => sampleEntry(sample) === this.#entry);
  }

  /** Name of what is open, to save it under. */
  get title(): string | undefined {
    const isKept = this.#entry.startsWith(keptEntry(''));
    return isKept ? this.#entry.slice(keptEntry('').length) : this.sample?.title;
  }

  /** From the endpoint's own description, else from the manifest. */
  get operations(): readonly ApiOperation[] {
    return this.#api?.operations ?? this.#routes();
  }

  /** What the method and path of the draft mean. */
  get operation(): ApiOperationDetails | undefined {
    const operation = matchOperation(this.operations, this.draft.method, this.draft.path);
    return operation && this.details(operation.id);
  }

  /** @returns undefined while the endpoint has not described itself */
  details(id: string): ApiOperationDetails | undefined {
    return this.#api?.details(id);
  }

  /** All drafts that differ from what they began as, and the open one. */
  get saved(): SavedSession {
    const kept = [...this.#drafts].filter(([entry]) => entry === this.#entry || this.#isEdited(entry));
    return {
      target: this.target,
      bundledId: this.bundled?.id,
      entry: this.#entry,
      auth: this.#auth,
      drafts: Object.fromEntries(kept),
    };
  }

  /**
   * Opens an entry as it was left, or as it begins.
   * @throws kind `invalid` when a sample's file cannot be read
   */
  async select(entry: string): Promise<void> {
    if (!this.#drafts.has(entry)) await this.#begin(entry);
    this.#entry = entry;
  }

  /** Opens an entry as it begins; what was edited there becomes the request by hand, unless one is being written. */
  async startOver(entry = this.#entry): Promise<void> {
    const left = this.#drafts.get(entry);
    const isEdited = this.#isEdited(entry);
    await this.#begin(entry);
    if (left && isEdited && entry !== byHand && !this.#isEdited(byHand)) this.#drafts.set(byHand, left);
    this.#entry = entry;
  }

  /** @throws kind `invalid` for an address, a header or a file that cannot be sent */
  async spec(): Promise<RequestSpec> {
    return this.withSecrets(await specOf({ ...this.draft, auth: this.auth }, this.baseUrl));
  }

  /** A request to this endpoint with the values that are known here, e.g. one of the history. */
  withSecrets(spec: RequestSpec): RequestSpec {
    const secrets = { ...this.#secrets, ...spec.secrets };
    return Object.keys(secrets).length > 0 ? { ...spec, secrets } : spec;
  }

  get baseUrl(): string {
    return withoutEndSlashes(this.target.endpoint.url);
  }

  /** What the view shows and is known without asking anybody. */
  get context(): Pick<
    DraftContext,
    'appName' | 'environment' | 'baseUrl' | 'entries' | 'entry' | 'note' | 'operation'
  > {
    const { app } = this.target;
    return {
      appName: app.name,
      environment: app.environment,
      baseUrl: this.baseUrl,
      entries: this.#entries(),
      entry: this.#entry,
      note: this.sample?.expect?.description ?? '',
      operation: this.operation ?? null,
    };
  }

  #entries(): DraftContext['entries'] {
    const samples = this.samples.map((sample) => ({
      id: sampleEntry(sample),
      group: 'Samples',
      label: sample.title,
      title: `${sample.method} ${sample.path}`,
    }));
    const operations = this.operations.map((operation) => ({
      id: operationEntry(operation),
      group: operation.tag || 'Operations',
      label: operation.id,
      title: operation.deprecated ? `${operation.title} (deprecated)` : operation.title,
    }));
    const hand = { id: byHand, group: '', label: 'Custom request', title: '' };
    const listed = new Set([hand, ...samples, ...operations].map(({ id }) => id));
    const others = [...this.#drafts.keys()]
      .filter((id) => !listed.has(id))
      .map((id) => ({ id, group: '', label: id.replace(/^\w+:/, ''), title: '' }));
    return [hand, ...others, ...samples, ...operations].map((entry) => ({
      ...entry,
      edited: this.#isEdited(entry.id),
    }));
  }

  /** A number tells requests of one title apart, where the earlier one was edited. */
  #keptEntryFor(title: string, draft: RequestDraft): string {
    for (let count = 1; ; count++) {
      const entry = keptEntry(count > 1 ? `${title} (${count})` : title);
      const there = this.#drafts.get(entry);
      if (!there || !this.#isEdited(entry) || sameRequest(there, draft)) return entry;
    }
  }

  /** What was kept from another window counts as edited: what it began as is not known any more. */
  #isEdited(entry: string): boolean {
    const draft = this.#drafts.get(entry);
    if (!draft) return false;
    const begun = this.#begun.get(entry) ?? (entry === byHand ? emptyDraft() : undefined);
    return JSON.stringify(draft) !== JSON.stringify(begun);
  }

  async #begin(entry: string): Promise<void> {
    const draft = await this.#initial(entry);
    this.#begun.set(entry, draft);
    this.#drafts.set(entry, draft);
  }

  async #initial(entry: string): Promise<RequestDraft> {
    if (entry.startsWith(keptEntry(''))) return this.#begun.get(entry) ?? emptyDraft();
    const sample = this.samples.find((each) => sampleEntry(each) === entry);
    if (sample && this.bundled) return sampleDraft(this.bundled, sample);
    const operation = this.operations.find((each) => operationEntry(each) === entry);
    return operation ? this.#ofOperation(operation) : emptyDraft();
  }

  /** A sample of the same route knows better than the schema what makes sense. */
  async #ofOperation(operation: ApiOperation): Promise<RequestDraft> {
    const details = this.#api?.details(operation.id);
    const draft = details ? operationDraft(details) : emptyDraft(operation.method, operation.path);
    const sample = this.samples.find(
      ({ method, path }) => method === operation.method && path === operation.path,
    );
    if (!sample || !this.bundled) return draft;
    const { body } = await sampleDraft(this.bundled, sample);
    return { ...draft, body };
  }

  #routes(): ApiOperation[] {
    const { name } = this.target.endpoint;
    const routes = this.bundled?.endpoints.find((endpoint) => endpoint.function === name)?.routes ?? [];
    return routes.map(({ method, path, title }) => ({
      id: `${method} ${path}`,
      method,
      path,
      title,
      tag: '',
      deprecated: false,
    }));
  }
}

/** Names one deploy of an app; each may describe itself otherwise. */
export function deployOf({ app }: RequestTarget): string {
  return `${app.id} ${app.version ?? 0} ${app.deployedAt ?? app.createdAt}`;
}

/** What the host keeps of a draft to itself. */
function ownAuth({ auth, authChoice }: Pick<RequestDraft, 'auth' | 'authChoice'>): Partial<RequestDraft> {
  return { ...(auth ? { auth } : {}), ...(authChoice ? { authChoice } : {}) };
}

/** References to keys are not kept between windows, so that they tell nothing. */
function sameRequest(a: RequestDraft, b: RequestDraft): boolean {
  return JSON.stringify({ ...a, auth: undefined }) === JSON.stringify({ ...b, auth: undefined });
}
