/** `npm start`: the extension in a real VS Code against a local Modal. `--port N`, `--theme NAME`. */
import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { themeNames } from '../ui/kit/themes.ts';
import type { ThemeName } from '../ui/kit/themes.ts';
import { appPackages } from './appPackages.ts';
import { startDemo } from './demo.ts';
import type { Demo, DemoOptions } from './demo.ts';
import { prepareStart } from './prepareStart.ts';

const stopWithinMs = 8000;

/** Resolves at Ctrl-C or when asked to end. A second Ctrl-C ends at once. */
function stopAsked(): Promise<void> {
  return new Promise((resolve) => {
    let asked = false;
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        if (asked) process.exit(1);
        asked = true;
        resolve();
      });
    }
  });
}

function readOptions(): DemoOptions {
  const { values } = parseArgs({ options: { port: { type: 'string' }, theme: { type: 'string' } } });
  const theme = values.theme ?? 'dark';
  if (!isTheme(theme)) throw new Error(`--theme is one of ${themeNames.join(', ')}.`);
  const common = { theme, onStep: (line: string) => console.error(`${line}…`) };
  return values.port === undefined ? common : { ...common, port: readPort(values.port) };
}

function readPort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port <= 65_535) return port;
  throw new Error('--port needs a number from 1 to 65535.');
}

function isTheme(name: string): name is ThemeName {
  return themeNames.some((theme) => theme === name);
}

function explain({ url, simulator }: Demo): string {
  return `
GPU Apps for Modal is ready. Open this address in a browser:

  ${url}

The address is the key to the editor, which can do here what you can: open it yourself and pass it to nobody.
The editor asks once whether you trust the authors of the folder, which is a copy of a sample: press Yes.

1. Open "Modal" in the activity bar: the views Apps and Catalogue.
2. In Catalogue, deploy FinBERT; then send its sample request and follow its logs.
3. Or open hello_modal.py and deploy it from the editor's title bar.

Nothing here costs money: everything runs on this machine, against a local Modal (${simulator.serverUrl}).
It runs deployed code as ordinary processes of this user. Ctrl-C ends it all.
`;
}

/** The editor is opened first; what only the bundled apps need may take minutes more. */
async function start(options: DemoOptions): Promise<Demo> {
  const vsix = await prepareStart();
  const folder = await mkdtemp(path.join(os.tmpdir(), 'packages-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const packages = await appPackages(path.join(folder, 'python'));
  const demo = await startDemo({ ...options, vsix, appPackages: packages });
  console.log(explain(demo));
  packages.install();
  return demo;
}

async function main(): Promise<void> {
  const options = readOptions();
  const asked = stopAsked();
  const starting = start(options);
  await Promise.race([starting, asked]);
  await asked;
  console.error('Stopping…');
  await Promise.race([starting.then((demo) => demo.stop()), sleep(stopWithinMs)]);
}

try {
  await main();
  process.exit(0);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
