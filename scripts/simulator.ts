/** `npm run simulator`: the local Modal alone, in the foreground. Its first line on stdout says how to reach it. */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { ensurePython } from './python.ts';
import { root } from './root.ts';

const python = await ensurePython();
const child = spawn(python, ['-m', 'modal_simulator', ...process.argv.slice(2)], {
  stdio: 'inherit',
  env: { ...process.env, PYTHONPATH: path.join(root, 'test/simulator'), PYTHONUNBUFFERED: '1' },
});
// Ctrl-C reaches the child by itself, as it shares the terminal; a signal sent to this process alone does not.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
child.on('exit', (code) => process.exit(code ?? 0));
