import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { chromium } from 'playwright-core';
import { chromiumFlags, ensureChromium } from '../host/chromium.ts';
import { startHost } from '../host/server.ts';
import type { Host } from '../host/server.ts';
import type { EditorVersion } from '../host/versions.ts';
import { resultsVariable } from './results.ts';
import type { SuiteResult } from './results.ts';

export interface HostSuiteOptions {
  /** Absent: the newest. */
  readonly editor?: EditorVersion;
  /** Folder of an extension that the editor loads from there: usually the one under test, built. */
  readonly extension: string;
  /** A package that is installed first. */
  readonly vsix?: string;
  /** Module that exports `run(): Promise<void>`. */
  readonly testEntry: string;
  /** Folder to open. */
  readonly workspace: string;
  /** For the extension host, and with it for the tests. */
  readonly env?: NodeJS.ProcessEnv;
  /** From opening the page to the results. */
  readonly timeoutMs?: number;
}

/** Runs a suite inside a real VS Code. @throws Error with what the page said, when no results appear in time */
export async function runInHostSuite(options: HostSuiteOptions): Promise<SuiteResult> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'suite-'));
  const results = path.join(folder, 'results.json');
  try {
    const host = await startHost({
      smokeTestDriver: true,
      ...(options.editor ? { editor: options.editor } : {}),
      ...(options.vsix ? { vsix: options.vsix } : {}),
      env: { ...options.env, [resultsVariable]: results },
    });
    try {
      return await openAndWait(host, results, options);
    } finally {
      await host.stop();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function openAndWait(host: Host, results: string, options: HostSuiteOptions): Promise<SuiteResult> {
  const { extension, testEntry, workspace, timeoutMs = 180_000 } = options;
  const browser = await chromium.launch({ executablePath: ensureChromium(), args: chromiumFlags });
  try {
    const page = await browser.newPage();
    const said: string[] = [];
    page.on('console', (message) => said.push(`${message.type()}: ${message.text()}`));
    page.on('pageerror', (error) => said.push(String(error)));
    page.on('crash', () => {
      said.push('The page crashed.');
    });
    const remote = (file: string) => `vscode-remote://127.0.0.1:${host.port}${file}`;
    await page.goto(
      host.url(workspace, [
        ['extensionDevelopmentPath', remote(extension)],
        ['extensionTestsPath', remote(testEntry)],
      ]),
    );
    const end = Date.now() + timeoutMs;
    while (!existsSync(results)) {
      if (Date.now() > end || page.isClosed()) throw new Error(noResults(timeoutMs, said));
      await sleep(200);
    }
    return JSON.parse(await readFile(results, 'utf8')) as SuiteResult;
  } finally {
    await browser.close();
  }
}

function noResults(timeoutMs: number, said: readonly string[]): string {
  return `No test results within ${timeoutMs / 1000} s. The page said:\n${said.slice(-40).join('\n')}`;
}
