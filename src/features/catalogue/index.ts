/** What the rest of the extension uses of catalogue; all else is its own. */
export { catalogueCommands } from './ui/catalogueCommands.ts';
export { CatalogueView } from './ui/catalogueView.ts';
export type { CatalogueNeeds } from './ui/needs.ts';
export { pickCatalogApp, pickSample } from './ui/pickCatalogApp.ts';
