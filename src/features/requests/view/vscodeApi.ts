import type { FromAnswerView } from '../answerMessages.ts';
import type { ToHost } from '../messages.ts';

/** What the page keeps over a reload of the window; drafts are the host's. */
export interface ViewState {
  /** Address of the endpoint, by which the host finds its drafts. */
  readonly endpoint: string;
  readonly tab: string;
  readonly bodyView: string;
  /** The page whose first messages were taken. */
  readonly page: string;
}

interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: ViewState): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

const api = acquireVsCodeApi();

export function post(message: ToHost | FromAnswerView): void {
  api.postMessage(message);
}

/**
 * What the host had to say when it made this page, so that its first frame shows it. The editor loads the same page
 * again each time its tab is shown anew; then they are old, and the host tells what is.
 */
export function firstMessages(): readonly unknown[] {
  const { page, first } = ourElement();
  if (first === undefined || viewState().page === page) return [];
  return JSON.parse(first) as unknown[];
}

/** What the host has told the element that fills the page. */
function ourElement(): DOMStringMap {
  return document.querySelector<HTMLElement>('main > modal-request')?.dataset ?? {};
}

export function viewState(): Partial<ViewState> {
  return (api.getState() as Partial<ViewState> | undefined) ?? {};
}

export function keepViewState(state: Omit<ViewState, 'page'>): void {
  api.setState({ ...state, page: ourElement()['page'] ?? '' } satisfies ViewState);
}
