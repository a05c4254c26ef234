/** What the rest of the extension uses of requests; all else is its own. */
export { askForKey } from './ui/askForKey.ts';
export { EndpointDrop } from './ui/endpointDrop.ts';
export type { RequestsNeeds } from './ui/needs.ts';
export type { PanelQuestion, RequestActions } from './ui/requestActions.ts';
export { requestCommands } from './ui/requestCommands.ts';
export { RequestsController } from './ui/requestsController.ts';
export { wakeCost } from './ui/wakeCost.ts';
