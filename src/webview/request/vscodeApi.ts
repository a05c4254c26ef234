import type { FromAnswerView } from '../../ui/requests/answerProtocol.ts';
import type { ToHost } from '../../ui/requests/protocol.ts';

interface VsCodeApi {
  postMessage(message: unknown): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

const api = acquireVsCodeApi();

export function post(message: ToHost | FromAnswerView): void {
  api.postMessage(message);
}
