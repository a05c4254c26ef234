import type { App, ModalFunction } from '../../../../domain/app.ts';
import type { Rates } from '../../../../domain/cost.ts';
import type { ManagedEndpoint } from '../../../../domain/managedEndpoint.ts';
import type { Sandbox } from '../../../../domain/sandbox.ts';
import { sandboxUsdPerHour } from '../../../../domain/sandbox.ts';
import type { ServerInfo } from '../../../../domain/server.ts';
import { serverUsdPerHour } from '../../../../domain/server.ts';
import { formatUsdPerHour, gpuChoiceText, priceSource } from '../../../../domain/priceText.ts';
import { plural, spokenAge } from '../../../../shared/format.ts';

/** What the questions say before something ends that runs beside functions, one fact a line. */

export function stopSandboxLines(
  sandbox: Sandbox,
  app: App | undefined,
  rates: Rates,
  now: number,
): string[] {
  const { gpu, environment, appId } = sandbox;
  const usd = sandboxUsdPerHour(sandbox, rates);
  const price = usd === undefined ? 'price unknown' : `from ${formatUsdPerHour(usd)} (${priceSource(rates)})`;
  return [
    `App: ${app?.name ?? (appId || 'unknown')}`,
    `Environment: ${environment}`,
    `GPU: ${gpu === undefined ? 'unknown' : gpu || 'none'}, ${price}`,
    `Since ${spokenAge(sandbox.startedAt ?? sandbox.createdAt, now)}`,
    "Stops everything that runs in it. Files that aren't in a volume or snapshot are lost. Billing ends.",
  ];
}

export function stopEndpointLines(managed: ManagedEndpoint, app: App | undefined, rates: Rates): string[] {
  const { environment, info, shared } = managed;
  return [
    `Model: ${info?.model || info?.repository || 'unknown'}`,
    `App: ${app?.name ?? info?.appId ?? (shared ? 'none' : 'unknown')}`,
    `Environment: ${environment}`,
    shared ? 'Runs on shared capacity, billed by token.' : priceLine(info?.gpus, undefined, rates),
    ...(info?.url ? [`No longer reachable: ${info.url.replace(/^https?:\/\//, '')}`] : []),
    "A stopped endpoint can't be restarted. Create a new one instead.",
  ];
}

export function stopContainersLines(
  { app, fn, info }: { app: App; fn: ModalFunction; info: ServerInfo | undefined },
  count: number,
  rates: Rates,
): string[] {
  return [
    `App: ${app.name}`,
    `Environment: ${app.environment}`,
    priceLine(fn.gpus, info, rates),
    `${plural(count, 'container')} will stop, along with any requests in progress.`,
    'The server stays deployed. A new container starts with the next request, or immediately if min containers is set.',
  ];
}

function priceLine(gpus: readonly string[] | undefined, info: ServerInfo | undefined, rates: Rates): string {
  const usd = serverUsdPerHour({ gpus }, info, rates);
  const price =
    usd === undefined
      ? 'price unknown'
      : `from ${formatUsdPerHour(usd)} per container (${priceSource(rates)})`;
  const gpu = gpus === undefined ? 'unknown' : gpus.length === 0 ? 'none' : gpuChoiceText(gpus);
  return `GPU: ${gpu}, ${price}`;
}
