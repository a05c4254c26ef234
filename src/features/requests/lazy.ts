/** Loaded with the first request panel. */
export { draftOf } from './core/draftOf.ts';
export { KeyedFiles } from './core/keyedFiles.ts';
export { ApiDescriptions } from './core/openapi/apiDescriptions.ts';
export { RequestPanel } from './ui/requestPanel.ts';
export { RequestSession } from './ui/requestSession.ts';
export { SavedDrafts } from './ui/savedDrafts.ts';
