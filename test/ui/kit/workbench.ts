import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { chromium } from 'playwright-core';
import type { Browser, Frame, Page } from 'playwright-core';
import { chromiumFlags, ensureChromium } from '../../host/chromium.ts';
import type { Host } from '../../host/server.ts';
import { axe } from './accessibility.ts';
import type { Violation } from './accessibility.ts';
import { ModalDialog, Notification } from './messages.ts';
import { QuickPick } from './quickPick.ts';
import { takeShot } from './shots.ts';
import { themes } from './themes.ts';
import type { ThemeName } from './themes.ts';
import { TreeRow } from './treeRow.ts';
import { webviewFrame } from './webviewFrame.ts';
import type { FrameTest } from './webviewFrame.ts';

export interface WorkbenchOptions {
  readonly host: Host;
  /** Absolute path of the folder to open. */
  readonly folder: string;
  readonly theme?: ThemeName;
  /** CSS pixels. */
  readonly size?: { readonly width: number; readonly height: number };
  readonly deviceScaleFactor?: number;
  /** Of the browser, beside those that all tests have. */
  readonly flags?: readonly string[];
  /** As a person's editor has it; absent: off, so that no test has to press the button that trusts the folder. */
  readonly workspaceTrust?: boolean;
}

const openWithinMs = 60_000;
const actWithinMs = 20_000;
const keptLines = 30;

/** Opens the workbench in a browser of its own and waits until its parts are there. */
export async function openWorkbench(options: WorkbenchOptions): Promise<Workbench> {
  const {
    host,
    folder,
    theme = 'dark',
    size = { width: 1440, height: 900 },
    deviceScaleFactor = 1,
    flags = [],
    workspaceTrust = false,
  } = options;
  const browser = await chromium.launch({
    executablePath: ensureChromium(),
    args: [...chromiumFlags, ...flags],
  });
  try {
    const context = await browser.newContext({ viewport: size, deviceScaleFactor, reducedMotion: 'reduce' });
    const workbench = new Workbench(host, browser, await context.newPage());
    await changeSettings(host, {
      'workbench.colorTheme': themes[theme].setting,
      'security.workspace.trust.enabled': workspaceTrust,
    });
    await workbench.open(folder);
    return workbench;
  } catch (error) {
    await browser.close();
    throw error;
  }
}

/** What a person does with the workbench, by names that a person reads. */
export class Workbench {
  readonly page: Page;
  readonly quickPick: QuickPick;
  readonly modalDialog: ModalDialog;
  /** The latest errors of the page's console, for the report of a failed test. */
  readonly consoleLines: string[] = [];
  readonly #host: Host;
  readonly #browser: Browser;

  constructor(host: Host, browser: Browser, page: Page) {
    this.#host = host;
    this.#browser = browser;
    this.page = page;
    this.quickPick = new QuickPick(page);
    this.modalDialog = new ModalDialog(page);
    page.setDefaultTimeout(actWithinMs);
    page.on('console', (message) => message.type() === 'error' && this.#note(message.text()));
    page.on('pageerror', (error) => this.#note(String(error)));
  }

  /** Loads the workbench with a folder; also a way to reload the window. */
  async open(folder: string): Promise<void> {
    await this.page.goto(this.#host.url(folder), { timeout: openWithinMs });
    const explorer = this.page.getByRole('tab', { name: /^Explorer/ });
    await explorer.first().waitFor({ state: 'visible', timeout: openWithinMs });
  }

  /** Opens the same folder in a second tab of the same browser, as another window of the same person. */
  async openTab(folder: string): Promise<Workbench> {
    const tab = new Workbench(this.#host, this.#browser, await this.page.context().newPage());
    await tab.open(folder);
    return tab;
  }

  /** @param title title of a command, with or without its category */
  async runCommand(title: string): Promise<void> {
    await this.quickPick.runCommand(title);
  }

  /** Shows a view, wherever it lives. @param title its name, e.g. "Apps" */
  async openView(title: string): Promise<void> {
    await this.runCommand(`Focus on ${title} View`);
  }

  /** @param name the row's label as it is seen, or a pattern of its spoken sentence */
  treeRow(view: string, name: string | RegExp): TreeRow {
    return new TreeRow(this.page, view, name);
  }

  notification(text: string | RegExp): Notification {
    return new Notification(this.page, text);
  }

  /** Opens a file of the folder in an editor. @param name as the picker of files finds it */
  async openFile(name: string): Promise<void> {
    await this.quickPick.openFile(name);
    await this.page.getByRole('tab', { name: new RegExp(`^${name.replaceAll('.', '\\.')}`) }).waitFor();
  }

  async clearNotifications(): Promise<void> {
    await this.runCommand('Notifications: Clear All Notifications');
  }

  webviewFrame(wanted: string | FrameTest, timeoutMs?: number): Promise<Frame> {
    return webviewFrame(this.page, wanted, timeoutMs);
  }

  axe(target: Frame | string): Promise<Violation[]> {
    return axe(this.page, target);
  }

  shot(name: string): Promise<string> {
    return takeShot(this.page, name);
  }

  async switchTheme(name: ThemeName): Promise<void> {
    const { label, className } = themes[name];
    await this.runCommand('Preferences: Color Theme');
    await this.quickPick.type(label);
    await this.quickPick.choose(new RegExp(`^${label}(?:,|$)`));
    await this.quickPick.widget.waitFor({ state: 'hidden' });
    await this.page.locator(`.monaco-workbench.${className}`).waitFor();
  }

  async close(): Promise<void> {
    await this.#browser.close();
  }

  #note(line: string): void {
    this.consoleLines.push(line.slice(0, 300));
    if (this.consoleLines.length > keptLines) this.consoleLines.shift();
  }
}

/** Changes user settings. They are read when a workbench opens; one that is open does not notice. */
export async function changeSettings(host: Host, changes: Readonly<Record<string, unknown>>): Promise<void> {
  const file = path.join(host.dataDir, 'data/User/settings.json');
  const settings = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
  await writeFile(file, JSON.stringify({ ...settings, ...changes }, undefined, 2));
}
