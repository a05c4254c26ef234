import * as vscode from 'vscode';
import type { App, Endpoint } from '../../../domain/app.ts';
import type { CatalogApp, Sample } from '../../../domain/catalog.ts';
import type { RequestSpec } from '../../../domain/request.ts';
import type { Text } from '../../../shared/text.ts';
import { plain, text } from '../../../shared/text.ts';
import { knownAuth, sampleBody } from '../../requests/core/index.ts';
import type { AppEndpoint } from '../../../domain/target.ts';
import { pick } from '../../../editor/pick.ts';
import { showInput } from '../../../editor/shown/inputs.ts';

/** What each request of a test sends. */
export interface LoadRequestChoice {
  /** Where it comes from, e.g. the title of a sample; '' = typed. */
  readonly title: string;
  readonly spec: RequestSpec;
}

export interface LoadTarget {
  readonly app: App;
  readonly endpoint: Endpoint;
  readonly bundled: CatalogApp | undefined;
  readonly request: LoadRequestChoice;
}

/** `POST /go`. */
export function requestWords({ spec }: LoadRequestChoice): string {
  const { pathname, search } = new URL(spec.url);
  return `${spec.method} ${pathname}${search}`;
}

/** The first sample of the endpoint, or its root. @throws kind `invalid` when a file of the sample is missing */
export async function firstRequest(target: AppEndpoint, bundled?: CatalogApp): Promise<LoadRequestChoice> {
  const [sample] = samplesOf(target.endpoint, bundled);
  return sample && bundled
    ? ofSample(target, bundled, sample)
    : typedRequest(target, bundled, 'GET', '/', '');
}

/** Lets the user take a sample or type a request. @returns undefined when the user left */
export async function chooseRequest(target: LoadTarget): Promise<LoadRequestChoice | undefined> {
  const samples = samplesOf(target.endpoint, target.bundled);
  if (!target.bundled || samples.length === 0) return typeRequest(target);
  const sample = await pick<Sample | 'typed'>(
    text`Request of the Load Test`,
    text`Select a sample or enter a request`,
    [
      ...samples.map((each) => ({
        label: plain(each.title),
        description: text`${each.method} ${each.path}`,
        iconPath: new vscode.ThemeIcon('beaker'),
        value: each,
      })),
      { label: text`Other Request…`, iconPath: new vscode.ThemeIcon('edit'), value: 'typed' as const },
    ],
  );
  if (sample === undefined) return undefined;
  return sample === 'typed' ? typeRequest(target) : ofSample(target, target.bundled, sample);
}

function samplesOf(endpoint: Endpoint, bundled: CatalogApp | undefined): Sample[] {
  return bundled?.samples.filter((sample) => sample.function === endpoint.name) ?? [];
}

async function ofSample(
  target: AppEndpoint,
  bundled: CatalogApp,
  sample: Sample,
): Promise<LoadRequestChoice> {
  const body = await sampleBody(bundled, sample);
  const { spec } = typedRequest(target, bundled, sample.method, sample.path, body?.body ?? '');
  return { title: sample.title, spec: { ...spec, headers: { ...spec.headers, ...sample.headers } } };
}

const linePattern = /^(GET|POST|PUT|PATCH|DELETE|HEAD)\s+(\/\S*)$/i;

async function typeRequest(target: LoadTarget): Promise<LoadRequestChoice | undefined> {
  const { request } = target;
  const line = await showInput({
    title: text`Request of the Load Test`,
    prompt: text`Method and path, for example GET /hello or POST /generate`,
    value: requestWords(request),
    ignoreFocusOut: true,
    validateInput: (typed) =>
      linePattern.test(typed.trim()) ? undefined : text`Enter a method and a path, for example GET /.`,
  });
  const [, method = 'GET', path = '/'] = linePattern.exec(line?.trim() ?? '') ?? [];
  if (line === undefined) return undefined;
  if (/^(?:GET|HEAD)$/i.test(method)) return typedRequest(target, target.bundled, method, path, '');
  const body = await showInput({
    title: text`Body of Each Request`,
    prompt: text`JSON. Leave empty for no body.`,
    value: typeof request.spec.body === 'string' ? request.spec.body : '',
    ignoreFocusOut: true,
    validateInput: jsonProblem,
  });
  return body === undefined ? undefined : typedRequest(target, target.bundled, method, path, body);
}

function jsonProblem(typed: string): Text | undefined {
  try {
    if (typed.trim()) JSON.parse(typed);
    return undefined;
  } catch (error) {
    return text`This is not valid JSON: ${(error as Error).message}`;
  }
}

function typedRequest(
  target: AppEndpoint,
  bundled: CatalogApp | undefined,
  method: string,
  path: string,
  body: string,
): LoadRequestChoice {
  const auth = knownAuth(target, bundled);
  const spec: RequestSpec = {
    method: method.toUpperCase(),
    url: target.endpoint.url.replace(/\/$/, '') + path,
    headers: body.trim() ? { 'content-type': 'application/json' } : {},
    ...(body.trim() ? { body } : {}),
    ...(auth ? { auth } : {}),
  };
  return { title: '', spec };
}
