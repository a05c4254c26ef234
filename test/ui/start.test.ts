/** `npm start` as a newcomer runs it: the printed address, the one question, and the views after it. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import path from 'node:path';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../../scripts/root.ts';
import { chromiumFlags, ensureChromium } from '../host/chromium.ts';
import { ModalDialog } from './kit/messages.ts';
import { QuickPick } from './kit/quickPick.ts';

let demo: ChildProcess;
let browser: Browser;
let page: Page;
let address: string;
const printed: string[] = [];
const canary = 'CANARYCANARYCANARY';

beforeAll(async () => {
  demo = spawn(process.execPath, [path.join(root, 'test/host/start.ts')], {
    cwd: root,
    env: { ...process.env, DEVELOPERS_SECRET: canary },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  address = await printedAddress();
  browser = await chromium.launch({ executablePath: ensureChromium(), args: chromiumFlags });
  page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
});
afterAll(async () => {
  await browser?.close();
  demo.kill('SIGINT');
  if (demo.exitCode === null) await once(demo, 'exit');
});

/** The address of the editor, once all that is said about it was printed. */
async function printedAddress(): Promise<string> {
  for await (const line of createInterface({ input: demo.stdout! })) {
    printed.push(line);
    if (line.includes('Ctrl-C ends it all')) break;
  }
  const lines = printed.map((line) => line.trim());
  return lines.find((line) => line.startsWith('http://')) ?? '';
}

/** A file of each process that runs, by process id; those of other users cannot be read. */
async function ofProcesses(name: 'cmdline' | 'environ'): Promise<Map<number, string>> {
  const pids = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry));
  const texts = await Promise.all(
    pids.map((pid) => readFile(`/proc/${pid}/${name}`, 'latin1').catch(() => '')),
  );
  return new Map(pids.map((pid, index) => [Number(pid), texts[index] ?? '']));
}

describe('npm start', () => {
  it('prints an address with a token, and opens for nobody without it', async () => {
    const { origin, pathname, searchParams } = new URL(address);
    expect(searchParams.get('tkn')).toMatch(/^[\w-]{32}$/);
    for (const other of [origin, `${origin}${pathname}`, address.replace(/tkn=.*$/, 'tkn=1')])
      expect((await fetch(other)).status).toBe(403);
  });

  it.runIf(existsSync('/proc'))(
    'shows the token to no other process, and gives none of its secrets',
    async () => {
      const token = new URL(address).searchParams.get('tkn') ?? '';
      const lines = await ofProcesses('cmdline');
      expect([...lines.values()].some((line) => line.includes('editorServer.ts'))).toBe(true);
      expect([...lines.values()].filter((line) => line.includes(token))).toEqual([]);
      const environments = await ofProcesses('environ');
      const holders = [...environments].filter(([, text]) => text.includes(canary)).map(([pid]) => pid);
      expect(holders).toEqual([demo.pid]);
    },
  );

  it('asks whether the folder is trusted, as its text says, and restricts the editor until then', async () => {
    expect(printed.join('\n')).toContain('trust the authors');
    await page.goto(address);
    const question = new ModalDialog(page);
    expect(await question.text()).toContain('Do you trust the authors of the files in this folder?');
    await page.getByRole('button', { name: /^Restricted Mode/ }).waitFor();
    await question.press('Yes, I trust the authors');
    await page.getByRole('button', { name: /^Restricted Mode/ }).waitFor({ state: 'hidden' });
  });

  it('shows the views with this one click, and does not ask again', async () => {
    await new QuickPick(page).runCommand('Focus on Apps View');
    await page.getByText('Nothing is deployed yet.').waitFor();
    await page.goto(address);
    await page.getByRole('tab', { name: /^Explorer/ }).waitFor();
    await new QuickPick(page).runCommand('Focus on Apps View');
    await page.getByText('Nothing is deployed yet.').waitFor();
    expect(await page.getByRole('button', { name: /^Restricted Mode/ }).count()).toBe(0);
  });
});
