import type { ToLoadHost } from '../messages.ts';

interface VsCodeApi {
  postMessage(message: unknown): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

const api = acquireVsCodeApi();

export function post(message: ToLoadHost): void {
  api.postMessage(message);
}
