import { createWriteStream } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { root } from '../../../../scripts/root.ts';
import { ProcessGroup } from '../../../host/processGroup.ts';

export interface Simulator {
  readonly serverUrl: string;
  /** A `modal.toml` whose active profile is the simulator. */
  readonly configPath: string;
  readonly adminUrl: string;
  stop(): Promise<void>;
}

const readyWithinMs = 60_000;

/**
 * Starts the local Modal. It ends with its stdin, so also when this process is killed.
 * @param logFile gets what it prints
 */
export async function startSimulator(python: string, logFile: string): Promise<Simulator> {
  const group = new ProcessGroup(python, ['-m', 'modal_simulator', '--exit-with-stdin'], {
    cwd: root,
    stdio: ['pipe', 'pipe', 'pipe'],
    env: {
      ...process.env,
      PYTHONPATH: path.join(root, 'test/simulator'),
      PYTHONUNBUFFERED: '1',
      PYTHONDONTWRITEBYTECODE: '1',
      // No deployed app looks for a model on the internet.
      HF_HUB_OFFLINE: '1',
      MODAL_SIMULATOR_CONTAINER_ENV: 'HF_HUB_OFFLINE',
    },
  });
  const described = await firstLine(group, logFile);
  const { serverUrl, configPath, adminUrl } = JSON.parse(described) as Omit<Simulator, 'stop'>;
  return { serverUrl, configPath, adminUrl, stop: () => group.stop() };
}

async function firstLine(group: ProcessGroup, logFile: string): Promise<string> {
  const log = createWriteStream(logFile);
  const { stdout, stderr } = group.child;
  stderr?.pipe(log, { end: false });
  const limit = new AbortController();
  try {
    return await new Promise<string>((resolve, reject) => {
      const fail = (reason: string) =>
        reject(new Error(`The local Modal did not start: ${reason}. Its output is in ${logFile}.`));
      const timer = setTimeout(() => fail('no sign of life for a minute'), readyWithinMs);
      limit.signal.addEventListener('abort', () => clearTimeout(timer));
      group.child.once('error', (error) => fail(error.message));
      group.child.once('exit', (code) => fail(`exit code ${code}`));
      createInterface({ input: stdout! }).once('line', resolve);
    });
  } catch (error) {
    group.kill();
    throw error;
  } finally {
    limit.abort();
  }
}
