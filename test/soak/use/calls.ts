import type { Simulator } from '../../host/simulator.ts';

/** Calls by name. */
export type Calls = Readonly<Record<string, number>>;

/** Containers of the local Modal call it too. */
const ofContainers = /^(?:Container|FunctionGetInputs|FunctionPutOutputs|Task(?:Heartbeat|Result))/;

/** What the server counts while something is done. */
export async function callsDuring(
  { admin }: Pick<Simulator, 'admin'>,
  act: () => Promise<unknown>,
): Promise<Calls> {
  await admin('DELETE', '/rpc-log');
  await act();
  const { calls } = (await admin('GET', '/rpc-log')) as { calls: { name: string }[] };
  const ours = calls.filter(({ name }) => !ofContainers.test(name));
  const groups = [...Map.groupBy(ours, ({ name }) => name)];
  return Object.fromEntries(groups.map(([name, all]) => [name, all.length]));
}

export const sum = (calls: Calls): number => Object.values(calls).reduce((a, b) => a + b, 0);

/** `AppList 6.0, EnvironmentList 6.0`, most first. */
export function perMinute(calls: Calls, minutes: number): string {
  const sorted = Object.entries(calls).sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0]));
  return sorted.map(([name, count]) => `${name} ${(count / minutes).toFixed(1)}`).join(', ') || 'none';
}
