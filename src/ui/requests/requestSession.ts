import type { App, Endpoint } from '../../domain/app.ts';
import type { CatalogApp, Sample } from '../../domain/catalog.ts';
import type { RequestAuth, RequestSpec } from '../../domain/request.ts';
import { endpointKeyName } from '../../requests/keys.ts';
import type { SampleBody } from '../../requests/sample.ts';
import { editedBody, sampleBody } from '../../requests/sample.ts';
import type { RequestState } from './protocol.ts';

export interface RequestTarget {
  readonly app: App;
  readonly endpoint: Endpoint;
}

/** One request as it is being edited: where it goes, which sample it came from, and which key it takes. */
export class RequestSession {
  readonly target: RequestTarget;
  readonly bundled: CatalogApp | undefined;
  #sample: Sample | undefined;
  #body: SampleBody | undefined;
  /** A saved or remembered request that is shown, until a sample is chosen. */
  #preset: RequestSpec | undefined;

  constructor(target: RequestTarget, bundled?: CatalogApp, preset?: RequestSpec) {
    this.target = target;
    this.bundled = bundled;
    this.#preset = preset;
  }

  /** Name of the sample, to save it under. */
  get title(): string | undefined {
    return this.#sample?.title;
  }

  get sample(): Sample | undefined {
    return this.#sample;
  }

  get auth(): RequestAuth | undefined {
    if (this.#preset) return this.#preset.auth;
    const { app, endpoint } = this.target;
    const auth = this.bundled?.endpoints.find((candidate) => candidate.function === endpoint.name)?.auth;
    if (!auth) return undefined;
    return {
      secretRef: endpointKeyName(app.environment, auth.secretName),
      header: auth.header,
      scheme: auth.scheme,
    };
  }

  /** @throws kind `invalid` when a file of the sample is missing */
  async select(sample: Sample): Promise<void> {
    this.#body = this.bundled ? await sampleBody(this.bundled, sample) : undefined;
    this.#sample = sample;
    this.#preset = undefined;
  }

  state(auth: RequestState['auth']): RequestState {
    const { app, endpoint } = this.target;
    const sample = this.#sample;
    return {
      appName: app.name,
      environment: app.environment,
      method: this.#preset?.method ?? sample?.method ?? 'GET',
      baseUrl: endpoint.url.replace(/\/$/, ''),
      path: this.#preset ? pathOf(this.#preset.url, endpoint.url) : (sample?.path ?? '/'),
      body: this.#preset ? textOf(this.#preset) : (this.#body?.display ?? ''),
      headers: this.#headers(),
      samples: (this.bundled?.samples ?? []).map(({ id, title }) => ({ id, title })),
      sampleId: sample?.id ?? '',
      sampleNote: sample?.expect?.description ?? '',
      auth,
      authNote: this.auth ? `${this.auth.header}: ${this.auth.scheme} …`.replace(':  …', ': …') : '',
    };
  }

  /** @throws kind `invalid` when the edited body of a sample is not JSON any more */
  spec(method: string, path: string, body: string): RequestSpec {
    if (this.#preset) return this.#edited(this.#preset, method, path, body);
    const text = this.#body ? editedBody(body, this.#body) : body;
    const url = new URL(path, `${this.target.endpoint.url.replace(/\/$/, '')}/`).href;
    const withBody = text.trim() !== '' && method !== 'GET' && method !== 'HEAD';
    return {
      method,
      url,
      headers: withBody ? this.#headers() : {},
      ...(withBody ? { body: text } : {}),
      ...(this.auth ? { auth: this.auth } : {}),
    };
  }

  /** A body that is no text stays as it is while nothing is put in its place. */
  #edited(preset: RequestSpec, method: string, path: string, body: string): RequestSpec {
    const { body: own, ...rest } = preset;
    const text = body === textOf(preset) ? own : body;
    const url = new URL(path, `${this.target.endpoint.url.replace(/\/$/, '')}/`).href;
    return { ...rest, method, url, ...(text === undefined || text === '' ? {} : { body: text }) };
  }

  #headers(): Record<string, string> {
    if (this.#preset) return { ...this.#preset.headers };
    return { 'content-type': 'application/json', ...this.#sample?.headers };
  }
}

function textOf({ body }: RequestSpec): string {
  return typeof body === 'string' ? body : '';
}

/** What stands behind the endpoint's address. */
function pathOf(url: string, base: string): string {
  const { pathname } = new URL(base);
  const { pathname: path, search, hash } = new URL(url);
  const below =
    pathname !== '/' && path.startsWith(pathname) ? path.slice(pathname.replace(/\/$/, '').length) : path;
  return `${below || '/'}${search}${hash}`;
}
