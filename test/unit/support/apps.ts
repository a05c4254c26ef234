import type { App, Endpoint } from '../../../src/domain/app.ts';

/** A deployed app for tests. */
export function appOf(changes: Partial<App> = {}): App {
  return {
    id: 'ap-1',
    name: 'demo',
    environment: 'main',
    state: 'deployed',
    createdAt: 1,
    runningContainers: 0,
    ...changes,
  };
}

/** An open endpoint of its function `web`. */
export function endpointOf(changes: Partial<Endpoint> = {}): Endpoint {
  return {
    functionId: 'fu-1',
    name: 'web',
    url: 'https://me--demo.modal.run',
    requiresProxyAuth: false,
    ...changes,
  };
}
