import type { FromAnswerView } from '../../ui/requests/answerProtocol.ts';
import type { ToHost } from '../../ui/requests/protocol.ts';

/** What the page keeps over a reload of the window; drafts are the host's. */
export interface ViewState {
  /** Address of the endpoint, by which the host finds its drafts. */
  readonly endpoint: string;
  readonly tab: string;
  readonly bodyView: string;
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

export function viewState(): Partial<ViewState> {
  return (api.getState() as Partial<ViewState> | undefined) ?? {};
}

export function keepViewState(state: ViewState): void {
  api.setState(state);
}
