/** Load tests of endpoints: form, question, panel. A bundle of its own, loaded by the first test. */
import * as vscode from 'vscode';
import { webviewPanels } from '../../../contributions.ts';
import { isModalError } from '../../../domain/errors.ts';
import type { AutoscalerValues } from '../../../domain/lifecycle.ts';
import type { LoadPlan } from '../../../domain/load.ts';
import type { ModalFunction } from '../../../domain/app.ts';
import { bundledOf } from '../../../domain/bundled.ts';
import { loadUnits, worstCaseUsd } from '../core/loadCost.ts';
import { planWords } from '../../../domain/loadReport.ts';
import { redactBeginning } from '../../../shared/redact.ts';
import { readMemory } from '../../../shared/memory.ts';
import { lines, text } from '../../../shared/text.ts';
import type { ControlPlane } from '../../../modal/controlPlane.ts';
import { checkPlan, defaultPlan, isPlan } from '../core/limits.ts';
import type { RequestSpec } from '../../../domain/request.ts';
import type { AppEndpoint } from '../../../domain/target.ts';
import type { LoadTestNeeds } from './needs.ts';
import { appFacts } from '../../apps/index.ts';
import { withSignal } from '../../../editor/withSignal.ts';
import { askForKey } from '../../requests/index.ts';
import { createWebviewPanel } from '../../../editor/shown/surfaces.ts';
import { editLoad } from './loadForm.ts';
import { LoadPanel } from './loadPanel.ts';
import type { LoadTarget } from './loadRequest.ts';
import { firstRequest, requestWords } from './loadRequest.ts';
import { LoadRun } from './loadRun.ts';
import { confirmationLines } from './loadWords.ts';
import { showWarning } from '../../../editor/shown/messages.ts';

const planKey = 'loadTest.plan';
const panels = new Map<string, LoadPanel>();

/** Shows what would be sent, lets it be changed, and runs it in a panel. @param spec of the panel that asks */
export async function loadTest(
  services: LoadTestNeeds,
  target: AppEndpoint,
  spec?: RequestSpec,
): Promise<void> {
  const { app, endpoint } = target;
  const open = panels.get(endpoint.url);
  if (open?.isRunning) {
    open.reveal();
    return;
  }
  const bundled = bundledOf(app, await services.catalog.apps());
  const request = spec ? { title: '', spec } : await firstRequest(target, bundled);
  const wanted = await editLoad({ app, endpoint, bundled, request }, lastPlan(services));
  if (!wanted) return;
  await services.memory.update(planKey, wanted.plan);
  await panelOf(services, wanted).start(wanted.target, wanted.plan);
}

function panelOf(services: LoadTestNeeds, first: { target: LoadTarget; plan: LoadPlan }): LoadPanel {
  const key = first.target.endpoint.url;
  const open = panels.get(key);
  if (open) return open;
  const view = createWebviewPanel(
    webviewPanels.loadTest,
    text`Load Test: ${first.target.app.name}`,
    vscode.ViewColumn.Active,
    LoadPanel.options(services.extensionUri),
  );
  const panel = new LoadPanel(
    view,
    services,
    {
      prepare: (target, plan, onChange) => prepare(services, target, plan, onChange),
      edit: async (target, plan) => {
        const edited = await editLoad(target, plan);
        if (edited) await services.memory.update(planKey, edited.plan);
        return edited;
      },
    },
    first,
  );
  panels.set(key, panel);
  view.onDidDispose(() => {
    panels.delete(key);
    panel.dispose();
  });
  return panel;
}

function lastPlan({ memory }: LoadTestNeeds): LoadPlan {
  return readMemory(memory, planKey, isPlan) ?? defaultPlan;
}

/** @returns the test that the user agreed to, or undefined. @throws what the control plane throws */
async function prepare(
  services: LoadTestNeeds,
  target: LoadTarget,
  plan: LoadPlan,
  onChange: () => void,
): Promise<LoadRun | undefined> {
  checkPlan(plan);
  const { app, endpoint, request } = target;
  const headers = await headersOf(services, target);
  if (!headers) return undefined;
  const { functions, rates } = await appFacts(services, app);
  const { plane, autoscalers } = await readAutoscalers(services, target, functions);
  const units = loadUnits(functions, endpoint.functionId, autoscalers, plan.concurrency, rates);
  const runIt = text`Run Load Test`;
  const chosen = await showWarning(
    text`Run a load test on ${app.name} in ${app.environment}?`,
    {
      modal: true,
      detail: lines(confirmationLines(redactBeginning(requestWords(request)), plan, units, rates)),
    },
    runIt,
  );
  if (chosen !== runIt) return undefined;
  const run = new LoadRun({
    target,
    plan,
    rates,
    headers,
    plane,
    logger: services.logger,
    timeoutSeconds: services.config.get('requests.timeoutSeconds'),
    network: services.config.network(),
    worstUsd: worstCaseUsd(units, plan.limitSeconds) ?? 0,
    gpu: gpuOf(functions.find(({ id }) => id === endpoint.functionId)),
    workerFile: vscode.Uri.joinPath(services.extensionUri, 'dist', 'loadWorker.js').fsPath,
    onChange,
  });
  services.logger.info(
    `Load test of ${app.name}: ${redactBeginning(requestWords(request))}, ${planWords(plan)}`,
  );
  return run;
}

/** @returns '' without one; what is not told has no price */
function gpuOf(fn: ModalFunction | undefined): string {
  return fn?.gpus ? (fn.gpus[0] ?? '') : 'an unknown GPU';
}

/** @returns undefined when a key is needed and the user gave none */
async function headersOf({ sender, keys }: LoadTestNeeds, { app, request }: LoadTarget) {
  try {
    return await sender.headersOf(request.spec);
  } catch (error) {
    const { auth } = request.spec;
    if (!isModalError(error) || error.kind !== 'signedOut' || !auth) throw error;
    const value = await askForKey(app.name, auth.idHeader !== undefined);
    if (value === undefined) return undefined;
    await keys.store(auth.secretRef, value);
    return sender.headersOf(request.spec);
  }
}

/** Settings that cannot be read are left out: the question then counts on no limit. */
function readAutoscalers(
  { planes }: LoadTestNeeds,
  { app, endpoint }: LoadTarget,
  functions: readonly ModalFunction[],
): Promise<{ plane: ControlPlane; autoscalers: Map<string, AutoscalerValues> }> {
  return withSignal(text`Loading autoscaling of ${app.name}…`, async (signal) => {
    const plane = await planes.get(signal);
    const wanted = functions.filter(({ id, gpus }) => id === endpoint.functionId || gpus?.length !== 0);
    const read = await Promise.all(
      wanted.map(async ({ id }) => {
        const autoscaler = await plane.autoscaler(id, signal).catch(() => {
          signal.throwIfAborted();
          return undefined;
        });
        return autoscaler ? [[id, autoscaler.inForce] as const] : [];
      }),
    );
    return { plane, autoscalers: new Map(read.flat()) };
  });
}
