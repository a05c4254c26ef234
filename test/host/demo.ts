/** Everything a newcomer needs to try the extension without an account: editor, extension, local Modal, workspace. */
import { cp, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { ensurePython } from '../../scripts/python.ts';
import type { AppPackages } from './appPackages.ts';
import { startHost } from './server.ts';
import type { Host } from './server.ts';
import { startSimulator } from './simulator.ts';
import type { Simulator } from './simulator.ts';
import { themes } from '../ui/kit/themes.ts';
import type { ThemeName } from '../ui/kit/themes.ts';
import { packageExtension } from './packageExtension.ts';
import type { TinyHub } from './tinyHub.ts';
import { ensureTinyHub } from './tinyHub.ts';

export interface DemoOptions {
  /** Of the editor; absent: any free port. */
  readonly port?: number;
  readonly theme?: ThemeName;
  /** Absent: built from the checkout. */
  readonly vsix?: string;
  /** Installed beside it. */
  readonly otherVsix?: readonly string[];
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Changes to the environment of the editor, e.g. a PATH without `modal`. */
  readonly env?: NodeJS.ProcessEnv;
  /** More variables of the local Modal. */
  readonly simulatorEnv?: NodeJS.ProcessEnv;
  /** What the bundled apps need, where it may be installed later than the demo starts. Absent: installed before. */
  readonly appPackages?: AppPackages;
  /** Gets one line for each step. */
  readonly onStep?: (line: string) => void;
}

export interface Demo {
  readonly host: Host;
  readonly simulator: Simulator;
  /** A copy of the sample workspace, gone with the demo. */
  readonly workspace: string;
  /** Address of the editor with that workspace. */
  readonly url: string;
  /** What the editor and the deploys see beyond the ordinary environment. */
  readonly env: NodeJS.ProcessEnv;
  stop(): Promise<void>;
}

/** Starts all parts, or none: when one fails, the others are ended. */
export async function startDemo(options: DemoOptions = {}): Promise<Demo> {
  const { onStep = () => undefined } = options;
  await using parts = new AsyncDisposableStack();
  const folder = await mkdtemp(path.join(os.tmpdir(), 'demo-'));
  parts.defer(() => rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }));
  const workspace = path.join(folder, 'workspace');
  await cp(path.join(import.meta.dirname, 'workspace'), workspace, { recursive: true });

  onStep('Python environment and small models');
  const { python, hub, env: packagesEnv } = options.appPackages ?? (await installedPackages());
  onStep('Extension package');
  const vsix = options.vsix ?? (await packageExtension());
  onStep('Local Modal');
  const simulator = await startSimulator(
    {
      ...hub.containerEnv,
      MODAL_SIMULATOR_CONTAINER_ENV: Object.keys(hub.containerEnv).join(),
      ...packagesEnv,
      ...options.simulatorEnv,
    },
    python,
  );
  parts.defer(() => simulator.stop());
  onStep('VS Code');
  const env = { ...demoEnvironment(simulator, hub), ...options.env };
  const host = await startHost({
    vsix,
    env,
    ...(options.port === undefined ? {} : { port: options.port }),
    ...(options.otherVsix ? { otherVsix: options.otherVsix } : {}),
    settings: { 'workbench.colorTheme': themes[options.theme ?? 'dark'].setting, ...options.settings },
  });
  parts.defer(() => host.stop());

  const started = parts.move();
  return { host, simulator, workspace, env, url: host.url(workspace), stop: () => started.disposeAsync() };
}

async function installedPackages(): Promise<Omit<AppPackages, 'install'>> {
  const python = await ensurePython();
  return { python, hub: await ensureTinyHub(python), env: {} };
}

function demoEnvironment(simulator: Simulator, hub: TinyHub): NodeJS.ProcessEnv {
  return {
    PATH: [simulator.binDir, process.env['PATH'] ?? ''].join(path.delimiter),
    MODAL_CONFIG_PATH: simulator.configPath,
    ...hub.deployEnv,
  };
}
