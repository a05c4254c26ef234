/** Flows of the editor, cancelled by its Cancel at each call of Modal that they make. */
import { expect, it } from 'vitest';
import type { ControlPlane } from '../../../src/modal/controlPlane.ts';
import type { Services } from '../../../src/commands/services.ts';
import { begin } from './flowEditor.ts';
import { cancelAtEachCall } from './hanging.ts';

/** Modal, the way to it, and what else waits; calls that no flow can cancel are not among them. */
export interface Waits extends ControlPlane {
  connect(signal?: AbortSignal): Promise<unknown>;
  findCli(signal?: AbortSignal): Promise<unknown>;
  workspace(signal?: AbortSignal): Promise<string>;
  send(spec: object, signal?: AbortSignal): Promise<unknown>;
  /** A connection without Modal. */
  dial(url: string, signal?: AbortSignal): Promise<unknown>;
}

export interface EditorFlow {
  readonly title: string;
  readonly user?: Parameters<typeof begin>[1];
  readonly answers: () => Readonly<Partial<Record<keyof Waits, unknown>>>;
  readonly run: (services: Services, waits: Waits, cancel: AbortSignal) => Promise<unknown>;
  /** The calls that it is cancelled in. */
  readonly calls: readonly (keyof Waits)[];
  readonly ends?: 'quietly';
}

/** What the store does after a flow is not part of it. */
const quietStore = {
  refresh: () => Promise.resolve(),
  forgetDetails: () => undefined,
};

/** The way to Modal, with what is never cancelled: it reads files. */
export function planesOf(waits: Waits) {
  return {
    get: (signal?: AbortSignal) => waits.connect(signal).then(() => waits),
    connection: () => Promise.resolve({ environment: '', profile: 'p', overriding: [], sources: {} }),
    environment: () => Promise.resolve({}),
    proxyVariables: () => Promise.resolve({}),
    isProxied: () => Promise.resolve(false),
    workspace: (signal?: AbortSignal) => waits.workspace(signal),
    suspect: () => undefined,
  };
}

export function servicesOf(waits: Waits, others: object = {}): Services {
  return {
    planes: planesOf(waits),
    store: quietStore,
    cli: { find: (signal?: AbortSignal) => waits.findCli(signal) },
    ...others,
  } as unknown as Services;
}

/** One test for each flow: it ends at once, and everything that it has asked is told. */
export function cancelFlows(flows: readonly EditorFlow[]): void {
  it.each(flows)('$title ends at once, whichever call it waits for', async (flow) => {
    const { user, answers, run, calls, ends } = flow;
    const asked = await cancelAtEachCall<Waits>(
      answers,
      (waits, signal) => {
        begin(signal, user);
        return run(servicesOf(waits), waits, signal);
      },
      ends,
    );
    expect(asked).toEqual(calls);
  });
}
