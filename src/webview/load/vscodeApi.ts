import type { ToLoadHost } from '../../ui/requests/load/protocol.ts';

interface VsCodeApi {
  postMessage(message: unknown): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

const api = acquireVsCodeApi();

export function post(message: ToLoadHost): void {
  api.postMessage(message);
}
