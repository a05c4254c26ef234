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

  constructor(target: RequestTarget, bundled?: CatalogApp) {
    this.target = target;
    this.bundled = bundled;
  }

  get sample(): Sample | undefined {
    return this.#sample;
  }

  get auth(): RequestAuth | undefined {
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
  }

  state(auth: RequestState['auth']): RequestState {
    const { app, endpoint } = this.target;
    const sample = this.#sample;
    return {
      appName: app.name,
      environment: app.environment,
      method: sample?.method ?? 'GET',
      baseUrl: endpoint.url.replace(/\/$/, ''),
      path: sample?.path ?? '/',
      body: this.#body?.display ?? '',
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

  #headers(): Record<string, string> {
    return { 'content-type': 'application/json', ...this.#sample?.headers };
  }
}
