import { createInterface } from 'node:readline';
import path from 'node:path';
import { ensurePython } from '../../scripts/python.ts';
import { root } from '../../scripts/root.ts';
import { plainEnvironment } from './environment.ts';
import { ProcessGroup } from './processGroup.ts';

/** A running local Modal, as its first line describes it. */
export interface Simulator {
  readonly serverUrl: string;
  readonly tokenId: string;
  readonly tokenSecret: string;
  readonly configPath: string;
  readonly adminUrl: string;
  /** Opens the admin API, which may also approve logins. */
  readonly adminToken: string;
  /** Folder with the real `modal` command. */
  readonly binDir: string;
  readonly python: string;
  /** Asks the admin API, e.g. `admin('POST', '/faults', { coldStartSeconds: 2 })`. */
  admin(method: string, route: string, body?: unknown): Promise<unknown>;
  stop(): Promise<void>;
}

const readyWithinMs = 60_000;

/**
 * Starts the local Modal; it ends with this process at the latest.
 * @param interpreter absent: that of the whole environment
 */
export async function startSimulator(env: NodeJS.ProcessEnv = {}, interpreter?: string): Promise<Simulator> {
  const python = interpreter ?? (await ensurePython());
  const group = new ProcessGroup(python, ['-m', 'modal_simulator', '--exit-with-stdin'], {
    cwd: root,
    env: plainEnvironment({ PYTHONPATH: path.join(root, 'test/simulator'), PYTHONUNBUFFERED: '1', ...env }),
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const described = await firstLine(group);
  return {
    ...described,
    python,
    binDir: path.dirname(python),
    admin: (method, route, body) => callAdmin(described, method, route, body),
    stop: () => group.stop(),
  };
}

type Described = Pick<
  Simulator,
  'serverUrl' | 'tokenId' | 'tokenSecret' | 'configPath' | 'adminUrl' | 'adminToken'
>;

function firstLine(group: ProcessGroup): Promise<Described> {
  return new Promise((resolve, reject) => {
    const fail = (reason: string) => {
      group.kill();
      reject(new Error(`The local Modal did not start: ${reason}.`));
    };
    const timer = setTimeout(() => {
      fail('no sign of life for a minute');
    }, readyWithinMs);
    group.child.once('error', (error) => {
      fail(error.message);
    });
    group.child.once('exit', (code) => {
      fail(`exit code ${code}`);
    });
    createInterface({ input: group.child.stdout! }).once('line', (line) => {
      clearTimeout(timer);
      resolve(JSON.parse(line) as Described);
    });
  });
}

async function callAdmin(
  { adminUrl, adminToken }: Described,
  method: string,
  route: string,
  body?: unknown,
): Promise<unknown> {
  const response = await fetch(`${adminUrl}${route}`, {
    method,
    headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${route}: ${response.status} ${text}`);
  return text ? (JSON.parse(text) as unknown) : undefined;
}
