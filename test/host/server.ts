import { spawnSync } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { ensureHost } from './install.ts';
import { freePort } from './freePort.ts';
import { ProcessGroup } from './processGroup.ts';

export interface HostOptions {
  /** Installed as a user would, before the server starts. */
  readonly vsix?: string;
  /** Installed beside it. */
  readonly otherVsix?: readonly string[];
  /** Absent: any free port. */
  readonly port?: number;
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Environment of the extension host; nothing else of this process's environment reaches it. */
  readonly env?: NodeJS.ProcessEnv;
  /** Honours the test payload in the address. Never for a person's session. */
  readonly smokeTestDriver?: boolean;
  /** A folder is opened as one that is not trusted, without a question; else all are trusted. */
  readonly workspaceTrust?: boolean;
}

export interface Host {
  readonly port: number;
  /** Where the editor keeps settings, state and its logs. */
  readonly dataDir: string;
  /** Address of the workbench with a folder open. */
  url(folder: string, payload?: readonly (readonly [string, string])[]): string;
  stop(): Promise<void>;
}

/** Settings that keep the workbench quiet: no welcome page, no assistant, nothing that asks the internet. */
export const quietSettings: Readonly<Record<string, unknown>> = {
  'chat.disableAIFeatures': true,
  'workbench.startupEditor': 'none',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.colorTheme': 'Default Dark Modern',
  'workbench.tips.enabled': false,
  'security.workspace.trust.enabled': false,
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'update.mode': 'none',
  'telemetry.telemetryLevel': 'off',
  'remote.autoForwardPorts': false,
  'git.openRepositoryInParentFolders': 'never',
};

const trustSettings: Readonly<Record<string, unknown>> = {
  'security.workspace.trust.enabled': true,
  'security.workspace.trust.startupPrompt': 'never',
};

/** Ends the server's whole group when the pipe from its parent closes, so also when the parent is killed. */
const endWithParent =
  'data:text/javascript,if(!process.send)process.stdin.resume().once("close",()=>process.kill(-process.pid,"SIGKILL"))';

const readyWithinMs = 60_000;

/** Starts a real VS Code server on loopback with a profile of its own, which goes away with it. */
export async function startHost(options: HostOptions = {}): Promise<Host> {
  const install = await ensureHost();
  const dataDir = await mkdtemp(path.join(os.tmpdir(), 'vsc-'));
  await writeSettings(dataDir, {
    ...quietSettings,
    ...(options.workspaceTrust ? trustSettings : {}),
    ...options.settings,
  });
  const common = ['--server-data-dir', dataDir, '--accept-server-license-terms'];
  const env = hostEnvironment(options.env);
  for (const vsix of [options.vsix ?? [], options.otherVsix ?? []].flat())
    installExtension(install.node, [install.serverMain, ...common], vsix, env);
  const port = options.port ?? (await freePort());
  const group = new ProcessGroup(
    install.node,
    [
      ...['--import', endWithParent],
      install.serverMain,
      ...common,
      ...['--host', '127.0.0.1', '--port', String(port), '--without-connection-token'],
      '--disable-telemetry',
      ...(options.workspaceTrust ? [] : ['--disable-workspace-trust']),
      // Else the login shell's variables, PATH among them, replace those of `env`.
      '--force-disable-user-env',
      ...(options.smokeTestDriver ? ['--enable-smoke-test-driver'] : []),
    ],
    { cwd: install.root, env, stdio: ['pipe', 'pipe', 'pipe'] },
  );
  await ready(group, path.join(dataDir, 'server.log'));
  return {
    port,
    dataDir,
    url: (folder, payload) => address(port, folder, payload),
    stop: async () => {
      await group.stop();
      await rm(dataDir, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    },
  };
}

function address(port: number, folder: string, payload?: readonly (readonly [string, string])[]): string {
  const query = new URLSearchParams({ folder });
  if (payload) query.set('payload', JSON.stringify(payload));
  return `http://127.0.0.1:${port}/?${query.toString()}`;
}

async function writeSettings(dataDir: string, settings: Readonly<Record<string, unknown>>): Promise<void> {
  const folder = path.join(dataDir, 'data/User');
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'settings.json'), JSON.stringify(settings, undefined, 2));
}

function hostEnvironment(extra: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const kept = ['PATH', 'HOME', 'LANG', 'TMPDIR', 'SHELL', 'USER', 'SystemRoot', 'USERPROFILE'];
  return { ...Object.fromEntries(kept.map((name) => [name, process.env[name]])), ...extra };
}

function installExtension(node: string, args: readonly string[], vsix: string, env: NodeJS.ProcessEnv): void {
  const { status, stdout, stderr } = spawnSync(node, [...args, '--install-extension', vsix], {
    encoding: 'utf8',
    env,
  });
  if (status !== 0 || !stdout.includes('successfully installed')) {
    throw new Error(`Installing ${vsix} failed:\n${stdout}\n${stderr}`);
  }
}

/** Waits for the server's own word; its output goes to a file either way. */
async function ready(group: ProcessGroup, logFile: string): Promise<void> {
  const log = createWriteStream(logFile);
  const { stdout, stderr } = group.child;
  stderr?.pipe(log, { end: false });
  await new Promise<void>((resolve, reject) => {
    const fail = (reason: string) => {
      group.kill();
      reject(new Error(`VS Code did not start: ${reason}. Its output is in ${logFile}.`));
    };
    const timer = setTimeout(() => fail('no sign of life for a minute'), readyWithinMs);
    group.child.once('error', (error) => fail(error.message));
    group.child.once('exit', (code) => fail(`exit code ${code}`));
    createInterface({ input: stdout! }).on('line', (line) => {
      log.write(`${line}\n`);
      if (!line.includes('Extension host agent started.')) return;
      clearTimeout(timer);
      resolve();
    });
  });
}
