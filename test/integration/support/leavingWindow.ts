/**
 * Runs the CLI as the extension does, and leaves as a window does that is closed: it stops what it runs, and is gone.
 *
 * Arguments: the command as JSON, and the text in its output at which the window is closed. Exit code 3: it ended before.
 */
import { runCli } from '../../../src/modal/cli.ts';
import type { ModalCli } from '../../../src/modal/cli.ts';

const [command = '', leaveAt = ''] = process.argv.slice(2);
const { cli, args, cwd } = JSON.parse(command) as { cli: ModalCli; args: string[]; cwd: string };
const ignore = () => undefined;
const abort = new AbortController();

await runCli(cli, args, {
  cwd,
  env: process.env,
  signal: abort.signal,
  logger: { trace: ignore, debug: ignore, info: ignore, warn: ignore, error: ignore },
  onLine: (line) => {
    if (!line.includes(leaveAt)) return;
    abort.abort();
    process.exit(0);
  },
});
process.exit(3);
