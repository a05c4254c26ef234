import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { editorAddress } from './access.ts';
import { plainEnvironment } from './environment.ts';
import { ensureHost } from './install.ts';
import { ProcessGroup } from './processGroup.ts';
import type { EditorVersion } from './versions.ts';

export interface HostOptions {
  /** Absent: the newest. */
  readonly editor?: EditorVersion;
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
}

export interface Host {
  readonly port: number;
  /** Where the editor keeps settings, state and its logs. */
  readonly dataDir: string;
  /** Address of the workbench with a folder open. It carries the token, so whoever has it has the editor. */
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
  // A row under the heading that stays at the top cannot be clicked.
  'workbench.tree.enableStickyScroll': false,
  // In a browser the editor would open a folder in Restricted Mode without asking.
  'security.workspace.trust.startupPrompt': 'once',
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'update.mode': 'none',
  'telemetry.telemetryLevel': 'off',
  'remote.autoForwardPorts': false,
  'git.openRepositoryInParentFolders': 'never',
};

/** Ends the server's whole group when the pipe from its parent closes, so also when the parent is killed. */
const endWithParent =
  'data:text/javascript,if(!process.send)process.stdin.resume().once("close",()=>process.kill(-process.pid,"SIGKILL"))';

const readyWithinMs = 60_000;

/** Starts a real VS Code server on loopback with a profile of its own, which goes away with it. */
export async function startHost(options: HostOptions = {}): Promise<Host> {
  const install = await ensureHost(options.editor);
  const dataDir = await mkdtemp(path.join(os.tmpdir(), 'vsc-'));
  await writeSettings(dataDir, { ...quietSettings, ...options.settings });
  const common = ['--server-data-dir', dataDir, '--accept-server-license-terms'];
  const env = plainEnvironment(options.env);
  for (const vsix of [options.vsix ?? [], options.otherVsix ?? []].flat())
    installExtension(install.node, [install.serverMain, ...common], vsix, env);
  const token = randomBytes(24).toString('base64url');
  const group = new ProcessGroup(
    install.node,
    [
      ...['--import', endWithParent],
      ...[path.join(import.meta.dirname, 'editorServer.ts'), install.serverMain, ...common],
      ...['--port', String(options.port ?? 0), '--connection-token-file', await writeToken(dataDir, token)],
      '--disable-telemetry',
      // Else the login shell's variables, PATH among them, replace those of `env`.
      '--force-disable-user-env',
      ...(options.smokeTestDriver ? ['--enable-smoke-test-driver'] : []),
    ],
    { cwd: install.root, env, stdio: ['pipe', 'pipe', 'pipe'] },
  );
  const port = await ready(group, path.join(dataDir, 'server.log'));
  return {
    port,
    dataDir,
    url: (folder, payload) =>
      editorAddress({ port, token }, payload ? { folder, payload: JSON.stringify(payload) } : { folder }),
    stop: async () => {
      await group.stop();
      await rm(dataDir, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    },
  };
}

/** In a file, because other users of the machine can read arguments. */
async function writeToken(dataDir: string, token: string): Promise<string> {
  const file = path.join(dataDir, 'connection-token');
  await writeFile(file, token, { mode: 0o600, flag: 'wx' });
  return file;
}

async function writeSettings(dataDir: string, settings: Readonly<Record<string, unknown>>): Promise<void> {
  const folder = path.join(dataDir, 'data/User');
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'settings.json'), JSON.stringify(settings, undefined, 2));
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

/** Waits for the server's own word; its output goes to a file either way. @returns its port */
async function ready(group: ProcessGroup, logFile: string): Promise<number> {
  const log = createWriteStream(logFile);
  const { stdout, stderr } = group.child;
  stderr?.pipe(log, { end: false });
  return new Promise((resolve, reject) => {
    const fail = (reason: string) => {
      group.kill();
      reject(new Error(`VS Code did not start: ${reason}. Its output is in ${logFile}.`));
    };
    const timer = setTimeout(() => fail('no sign of life for a minute'), readyWithinMs);
    group.child.once('error', (error) => fail(error.message));
    group.child.once('exit', (code) => fail(`exit code ${code}`));
    createInterface({ input: stdout! }).on('line', (line) => {
      log.write(`${line}\n`);
      const port = /^Editor listens on port (\d+)$/.exec(line)?.[1];
      if (!port) return;
      clearTimeout(timer);
      resolve(Number(port));
    });
  });
}
