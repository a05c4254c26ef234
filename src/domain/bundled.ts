import type { App } from './app.ts';
import type { CatalogApp } from './catalog.ts';

/**
 * Whether an app is a bundled one, as far as its name tells. Only a deployed app has its name alone; whoever serves or
 * runs an app may call it anything.
 */
export function isBundled(
  app: Pick<App, 'name' | 'state'>,
  { defaultAppName }: Pick<CatalogApp, 'defaultAppName'>,
): boolean {
  return app.state === 'deployed' && app.name === defaultAppName;
}

/** The bundled app that an app was deployed from. */
export function bundledOf(
  app: Pick<App, 'name' | 'state'>,
  all: readonly CatalogApp[],
): CatalogApp | undefined {
  return all.find((each) => isBundled(app, each));
}
