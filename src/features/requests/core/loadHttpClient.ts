/** The HTTP client, a file of its own: undici takes long to evaluate. */
export const loadHttpClient = () => import('./httpClient.ts');

export type HttpClient = typeof import('./httpClient.ts');
