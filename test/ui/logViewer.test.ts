/** Reading logs as a person does: a cold start as it happens, filters, breaks, tracebacks, several logs at once. */
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Frame } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Demo } from '../host/demo.ts';
import { startDemo } from '../host/demo.ts';
import { openContextMenu, takeFromMenu } from './kit/contextMenu.ts';
import { poll } from './kit/poll.ts';
import type { Workbench } from './kit/workbench.ts';
import { openWorkbench } from './kit/workbench.ts';

const run = promisify(execFile);

/** Prints what it is asked to. */
const shop = `import modal

app = modal.App("shop")


def price(item: str) -> float:
    return {"tea": 2.5}[item]


def say(what: str) -> None:
    if what == "work":
        print('::phase {"name": "load weights", "seconds": 3.2, "ok": true}')
        print('::gpu {"index": 0, "name": "A10", "when": "after loading", "used_gib": 14.2, "total_gib": 24}')
        print('::progress {"app": "shop", "run": "invoices", "done": 3, "total": 8, "failed": 1, "item": "a.pdf", "eta_s": 12}')
        print("\\x1b[32mINFO\\x1b[0m \\x1b[1mready\\x1b[0m, see https://example.com/docs.")
        print("WARNING slow disk in /root/shop.py:7")
        print("<b>bold?</b> <script>alert(1)</script> \\u202eevil\\x00 \\x1b]8;;javascript:alert(1)\\x07click\\x1b]8;;\\x07")
        print("x" * 60_000)
    if what == "hostile":
        for size in (4_000, 64_000):
            for line in (" " * size + ":0 in :", ":0 in :" * (size // 7), " ❱ " * (size // 3)):
                print("╭─ Traceback (most recent call last) ─╮")
                print("│" + line[:size])
            print("Traceback (most recent call last):")
            print('File "' * (size // 6))
            print('  File "' + '", line 1, in ' * (size // 14))
        print("\\n" * 300_000)
        print("the next ordinary line")
    if what == "fail":
        try:
            import json
            json.loads("{", parse_constant=price)
        except ValueError as error:
            import traceback
            try:
                price("coffee")
            except KeyError:
                traceback.print_exc()


@app.function(image=modal.Image.debian_slim().pip_install("fastapi[standard]"))
@modal.fastapi_endpoint()
def hello(what: str = "work") -> str:
    say(what)
    return what
`;

const bank = `import modal

app = modal.App("bank")


@app.function()
def balance() -> int:
    return 7
`;

let demo: Demo;
let workbench: Workbench;
let url: string;

interface World {
  readonly apps: readonly { readonly appId: string; readonly description: string }[];
}

const appId = async (name: string) => {
  const { apps } = (await demo.simulator.admin('GET', '/state')) as World;
  return apps.find(({ description }) => description === name)?.appId;
};
const emit = async (name: string, changes: Readonly<Record<string, unknown>>) =>
  demo.simulator.admin('POST', '/logs/emit', { appId: await appId(name), ...changes });
const modal = (...args: string[]) =>
  run(path.join(demo.simulator.binDir, 'modal'), args, {
    cwd: demo.workspace,
    env: { ...process.env, ...demo.env },
  });

beforeAll(async () => {
  demo = await startDemo();
  for (const [name, text] of Object.entries({ shop, bank })) {
    await writeFile(path.join(demo.workspace, `${name}.py`), text);
    const { stdout } = await modal('deploy', `${name}.py`);
    url ??= /https?:\/\/[^\s]+/g.exec(stdout.replaceAll(/\x1b\[[\d;]*m/g, ''))?.[0] ?? '';
  }
  workbench = await openWorkbench({ host: demo.host, folder: demo.workspace });
  await workbench.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await workbench.openView('Apps');
  await workbench.treeRow('Apps', /^App shop, deployed/).waitFor();
  await workbench.openView('Logs');
  await (await viewer()).getByText('No log is followed').waitFor();
  await workbench.runCommand('View: Toggle Maximized Panel');
});
afterAll(async () => {
  await workbench?.close();
  await demo?.stop();
});
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await workbench.shot(`failed ${task.name}`);
});

const viewer = () => workbench.webviewFrame(async (frame) => (await frame.locator('modal-logs').count()) > 0);
const rows = (frame: Frame) => frame.locator('#list .row');
const follow = async (name: string) => {
  await workbench.runCommand('Modal: Follow Logs');
  await workbench.quickPick.choose(new RegExp(`^${name},`));
};
const clipboard = () => workbench.page.evaluate<string>('navigator.clipboard.readText()');

/** What the editor has stored of the log viewer for the time after a reload. */
const storedState = () =>
  workbench.page.evaluate<string>(`(async () => {
    const done = (request) => new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    const found = [];
    for (const { name } of await indexedDB.databases()) {
      const db = await done(indexedDB.open(name));
      try {
        if (!db.objectStoreNames.contains('ItemTable')) continue;
        found.push(await done(db.transaction('ItemTable').objectStore('ItemTable').get('memento/webviewView.modalGpu.logs')));
      } finally {
        db.close();
      }
    }
    return JSON.stringify(found);
  })()`);

describe('one log', () => {
  // What one test has filtered is no matter of the next, also where it failed.
  beforeEach(async () => {
    const reset = (await viewer()).getByRole('button', { name: 'Reset Filters' });
    if (await reset.isVisible()) await reset.click();
    const filter = (await viewer()).locator('#filter');
    if (await filter.isVisible()) await filter.press('Escape');
  });

  it('shows a cold start as it happens', async () => {
    await demo.simulator.admin('POST', '/faults', { coldStartSeconds: 1 });
    await follow('shop');
    const answer = fetch(`${url}?what=work`).then((response) => response.text());
    const logs = await viewer();
    await logs
      .locator('.timeline', { hasText: /queued [\d.]+ s\s*→/ })
      .first()
      .waitFor();
    expect(await answer).toContain('work');
    await logs.getByRole('img', { name: 'shop invoices: 38 percent' }).waitFor();
    await logs.getByText('shop invoices 3 of 8, 1 failed, a.pdf, 12 s left').waitFor();
    await logs.getByRole('img', { name: 'Memory of GPU 0: 59 percent used' }).waitFor();
    await logs.getByText('load weights took 3.2 s').waitFor();
    await workbench.shot('100-cold-start');
  });

  it('shows whatever is printed as text', async () => {
    const logs = await viewer();
    const text = await rows(logs).filter({ hasText: '<b>bold?</b>' }).innerText();
    expect(text).toContain('<b>bold?</b> <script>alert(1)</script> \\u202eevil\\x00 click');
    expect(await logs.getByRole('link', { name: 'click' }).count()).toBe(0);
    const long = rows(logs).filter({ hasText: 'xxxxx' });
    await long.getByRole('button', { name: 'Show 58,000 more characters' }).click();
    await poll(async () => ((await long.innerText()).includes('x'.repeat(60_000)) ? true : undefined), {
      what: 'the whole line',
    });
    await logs.locator('#list').press('Enter');
    await long.getByRole('button', { name: /^Show 58/ }).waitFor();
  });

  it('filters in the host, and highlights what matches', async () => {
    const logs = await viewer();
    await emit('shop', { linesPerSecond: 20_000, seconds: 0.5, text: 'paid by card', containers: 500 });
    await logs.locator('.count', { hasText: /^10,0\d\d lines$/ }).waitFor();
    await logs.locator('#list').press('Control+f');
    await workbench.page.keyboard.type('00000[12]34');
    await logs.getByText('No lines match the filter.').waitFor();
    await logs.getByRole('switch', { name: 'Use Regular Expression' }).click();
    await logs.locator('.count', { hasText: /^2 of 10,0\d\d lines$/ }).waitFor();
    await logs
      .locator('mark', { hasText: /^00000[12]34/ })
      .first()
      .waitFor();
    await logs.getByRole('switch', { name: 'Match Case' }).click();
    // At once: a step is about what the last filter shows, also when the host has not answered yet.
    await logs.locator('#filter').press('Shift+Enter');
    await logs.locator('.count', { hasText: /^2, 2 of/ }).waitFor();
    await logs.locator('#filter').press('End');
    await workbench.page.keyboard.type('(');
    await logs.getByText('Not a regular expression: Unterminated group').waitFor();
    await workbench.page.keyboard.press('Backspace');
    await logs.getByText('Not a regular expression').waitFor({ state: 'detached' });
    // Cleared, the row that was found is shown among its neighbours.
    await workbench.page.keyboard.press('Escape');
    await logs.locator('.row[data-active]', { hasText: '00000234' }).waitFor();
    await rows(logs).filter({ hasText: '00000235' }).waitFor();
    await logs.getByRole('switch', { name: 'Use Regular Expression' }).click();
  });

  it('narrows down by chips, from cells, menus and pickers', async () => {
    const logs = await viewer();
    await rows(logs)
      .filter({ hasText: '00000234' })
      .getByRole('button', { name: /^Show only container/ })
      .click();
    await logs.getByText('Container: ta-…ter234').waitFor();
    await logs.locator('.count', { hasText: /(?:^|, )20 of 10,0\d\d lines$/ }).waitFor();
    await logs.getByRole('button', { name: 'Filter By' }).press('Enter');
    await logs.getByRole('menuitemradio', { name: 'stdout' }).click();
    await logs.getByRole('menuitemradio', { name: 'Info and above' }).press('Escape');
    await logs.getByText('Source: stdout').waitFor();
    await logs.locator('#filter').pressSequentially('card');
    await logs.locator('mark', { hasText: 'card' }).first().waitFor();
    await workbench.shot('101-filtered');
    await logs.getByRole('button', { name: 'Remove Filter: Container ta-…ter234' }).click();
    await logs.locator('.count', { hasText: /(?:^|, )10,000 of/ }).waitFor();
    await logs.getByRole('button', { name: 'Reset Filters' }).click();
    await logs.getByRole('group', { name: 'Active filters' }).waitFor({ state: 'detached' });
    await logs.getByRole('button', { name: 'Filter By' }).click();
    await logs.getByRole('menuitem', { name: 'Container…' }).click();
    await workbench.quickPick.type('ta-emitter77');
    await workbench.quickPick.choose(/^ta-emitter77,/);
    await logs.locator('.count', { hasText: /(?:^|, )20 of/ }).waitFor();
    await logs.getByRole('button', { name: 'Reset Filters' }).click();
    await logs.locator('.count', { hasText: /^10,0\d\d lines$/ }).waitFor();
  });

  it('has a menu of the editor on each row', async () => {
    const { page } = workbench;
    const logs = await viewer();
    await logs.locator('#filter').pressSequentially('00000234');
    await logs.locator('.count', { hasText: /(?:^|, )1 of 10,0\d\d lines$/ }).waitFor();
    const row = rows(logs).filter({ hasText: '00000234' });
    const asJson = await openContextMenu(page, row, 'Copy as JSON');
    const entries = await page.locator('.monaco-menu').getByRole('menuitem').allInnerTexts();
    // What does not fit the row, and what the editor offers for any page, is left out.
    expect(entries.map((each) => each.split('\n')[0])).toEqual([
      'Filter by This Container',
      'Copy',
      'Copy as JSON',
      'Open Logs as Document',
    ]);
    await workbench.shot('107-menu-of-a-row');
    await takeFromMenu(asJson);
    const copied = await poll(
      async () => {
        const text = await clipboard();
        return text.startsWith('{') ? (JSON.parse(text) as unknown) : undefined;
      },
      { what: 'the copied row' },
    );
    expect(copied).toMatchObject({ containerId: 'ta-emitter234', text: '00000234 paid by card' });
    await takeFromMenu(await openContextMenu(page, row, 'Filter by This Container'));
    await logs.getByText('Container: ta-…ter234').waitFor();
    await logs.locator('#filter').press('Escape');
    await logs.locator('.count', { hasText: /(?:^|, )20 of 10,0\d\d lines$/ }).waitFor();
  });

  it('keeps what is read in its place while lines come', async () => {
    const logs = await viewer();
    const list = logs.locator('#list');
    await list.press('Control+Home');
    const top = rows(logs).filter({ hasText: 'load weights took 3.2 s' });
    const before = await top.boundingBox();
    await emit('shop', { linesPerSecond: 2000, seconds: 0.1, text: 'later' });
    await logs.getByRole('button', { name: /20\d new lines/ }).waitFor();
    expect(await top.boundingBox()).toEqual(before);
    await logs.getByRole('button', { name: /20\d new lines/ }).click();
    await rows(logs).filter({ hasText: '00000199 later' }).waitFor();
  });

  it('copies every line that matches, also those that were never painted', async () => {
    const logs = await viewer();
    await logs.locator('#filter').pressSequentially('paid by card');
    await logs.locator('.count', { hasText: /(?:^|, )10,000 of/ }).waitFor();
    const list = logs.locator('#list');
    await list.press('Control+a');
    await list.press('Control+c');
    const lines = await poll(
      async () => {
        const copied = (await clipboard()).trimEnd().split('\n');
        return copied.length === 10_000 ? copied : undefined;
      },
      { what: 'the copied lines' },
    );
    expect(lines[4321]).toMatch(/ta-emitter321 stdout 00004321 paid by card$/);
    await list.press('Escape');
    await logs.locator('.count', { hasText: /^[\d,]+ lines$/ }).waitFor();
    await list.press('End');
  });

  it('says that it broke, tries again when told, and goes on', async () => {
    const logs = await viewer();
    await demo.simulator.admin('POST', '/streams/restart', { seconds: 5 });
    await logs.getByText(/Reconnecting, try \d+, next in \d+ s/).waitFor();
    await emit('shop', { linesPerSecond: 50, seconds: 0.1, text: 'while it was down' });
    await poll(
      async () => {
        await logs
          .getByRole('button', { name: 'Try Now' })
          .click({ timeout: 500 })
          .catch(() => undefined);
        return (await logs.getByText('Live', { exact: true }).count()) > 0 || undefined;
      },
      { what: 'the stream to stand again' },
    );
    await logs.getByText(/No lines were lost/).waitFor();
    await logs.getByText('while it was down').first().waitFor();
    await workbench.shot('102-broken-and-resumed');
  });

  it('folds a traceback, and leads to its file and line', async () => {
    const logs = await viewer();
    await fetch(`${url}?what=fail`);
    const row = rows(logs).filter({ hasText: /KeyError: 'coffee'/ });
    await row.getByRole('button', { name: /KeyError: 'coffee'/ }).click();
    await row.getByText('During handling of the above exception').waitFor();
    await row
      .getByRole('button', { name: /library frames?/ })
      .first()
      .waitFor();
    const frame = row.getByRole('link', { name: /shop\.py", line 7$/ });
    await frame.waitFor();
    await workbench.shot('103-traceback');
    await frame.click();
    await workbench.page.getByRole('tab', { name: /^shop\.py/ }).waitFor();
    await workbench.page.getByRole('button', { name: /Ln 7, Col 1/ }).waitFor();
    await logs.locator('#list').press('ArrowLeft');
    await row.getByText('During handling of the above exception').waitFor({ state: 'detached' });
  });

  it('leads from a line to the request that it came from', async () => {
    const logs = await viewer();
    await workbench.runCommand('Modal: Send Test Request');
    const panel = await workbench.webviewFrame(
      async (each) => (await each.locator('modal-request').count()) > 0,
    );
    await panel.getByRole('button', { name: 'Send', exact: true }).click();
    await panel.getByText('200 OK').waitFor();
    await panel.getByRole('button', { name: 'Log Lines' }).click();
    await logs.getByText(/^Call: fc-/).waitFor();
    await logs.getByRole('button', { name: 'Columns and More' }).click();
    await logs.getByRole('menuitemcheckbox', { name: 'Call' }).click();
    await logs.getByRole('menuitemcheckbox', { name: 'Function' }).click();
    await logs.getByRole('menuitemcheckbox', { name: 'Function' }).press('Escape');
    await logs.getByRole('button', { name: 'Show only function hello' }).first().waitFor();
    await workbench.openFile('shop.py');
    await logs.getByRole('button', { name: 'Show Request' }).first().click();
    await workbench.page.getByRole('tab', { name: /^shop(?!\.)/, selected: true }).waitFor();
    await logs.getByRole('button', { name: 'Reset Filters' }).click();
  });
});

describe('several logs', () => {
  it('are tabs that say how much came', async () => {
    await follow('bank');
    const logs = await viewer();
    await logs.getByRole('tab', { name: /^bank/, selected: true }).waitFor();
    await emit('bank', { linesPerSecond: 100, seconds: 0.1, text: 'balance' });
    await emit('shop', { linesPerSecond: 100, seconds: 0.1, text: 'sold' });
    await logs.getByRole('tab', { name: /^shop, 10 new lines, Live/ }).waitFor();
    await logs.getByRole('tab', { name: /^bank/ }).press('ArrowLeft');
    await logs.getByRole('tab', { name: /^shop/, selected: true }).waitFor();
    await rows(logs).filter({ hasText: '00000009 sold' }).first().waitFor();
  });

  it('are merged by time, with a column that says which', async () => {
    const logs = await viewer();
    await logs.getByRole('button', { name: 'Merge Logs…' }).click();
    await workbench.quickPick.widget.getByRole('checkbox', { name: /^bank/ }).first().waitFor();
    await workbench.quickPick.accept();
    await logs.getByRole('tab', { name: /^shop \+ bank|^bank \+ shop/, selected: true }).waitFor();
    await emit('bank', { linesPerSecond: 10, seconds: 0.1, text: 'merged' });
    const row = rows(logs).filter({ hasText: '00000000 merged' });
    expect(await row.locator('.stream').innerText()).toBe('bank');
    await workbench.shot('104-merged');
  });

  it('end with a reason and two ways on', async () => {
    const logs = await viewer();
    await modal('app', 'stop', 'bank', '--yes').catch(() => modal('app', 'stop', 'bank'));
    await logs.getByRole('tab', { name: /^bank,.*Ended/ }).click();
    await logs.getByText(/^Ended\. The app has ended/).waitFor();
    await logs.getByRole('button', { name: 'Follow Again' }).waitFor();
    await logs.getByRole('button', { name: 'Remove' }).click();
    await logs.getByRole('tab', { name: /^bank,/ }).waitFor({ state: 'detached' });
  });
});

describe('everybody', () => {
  it.each(['light', 'highContrast', 'highContrastLight', 'dark'] as const)(
    'can read it: %s',
    async (theme) => {
      const logs = await viewer();
      await logs.getByRole('tab', { name: /^shop,/ }).click();
      await logs.locator('#list').press('End');
      await workbench.switchTheme(theme);
      expect(await workbench.axe(logs)).toEqual([]);
      if (theme === 'light' || theme === 'highContrast') await workbench.shot(`105-${theme}`);
    },
  );

  it('can read it in a narrow panel', async () => {
    await workbench.page.setViewportSize({ width: 860, height: 800 });
    const logs = await viewer();
    await poll(async () => (await logs.evaluate<number>('innerWidth')) < 540 || undefined, {
      what: 'the narrow panel',
    });
    expect(await logs.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    await workbench.shot('106-narrow');
  });
});

describe('a log that is filtered', () => {
  it('is filtered again after a reload of the window', async () => {
    await workbench.page.setViewportSize({ width: 1440, height: 900 });
    const before = await viewer();
    await before.getByRole('tab', { name: /^shop,/ }).click();
    await before.locator('#filter').pressSequentially('kept words');
    await emit('shop', { linesPerSecond: 100, seconds: 0.1, text: 'kept words' });
    await rows(before).filter({ hasText: '00000009 kept words' }).waitFor();
    // The editor writes what its views remember in its own time.
    await poll(async () => (await storedState()).includes('kept words') || undefined, {
      what: 'the filter to be stored',
      timeoutMs: 60_000,
    });
    await workbench.open(demo.workspace);
    await follow('shop');
    const logs = await viewer();
    await poll(async () => (await logs.locator('#filter input').inputValue()) === 'kept words' || undefined, {
      what: 'the filter',
    });
    await emit('shop', { linesPerSecond: 100, seconds: 0.1, text: 'other words' });
    await emit('shop', { linesPerSecond: 100, seconds: 0.1, text: 'kept words again' });
    await rows(logs).filter({ hasText: '00000009 kept words again' }).waitFor();
    await logs.locator('.count', { hasText: /\d of [\d,]+ lines$/ }).waitFor();
    expect(await rows(logs).filter({ hasText: 'other words' }).count()).toBe(0);
  });
});

// The last: its lines push out all others.
describe('a log of lines that are made to be slow', () => {
  it('is followed without holding up the editor', async () => {
    await follow('shop');
    const logs = await viewer();
    await logs.getByRole('tab', { name: /^shop,/, selected: true }).waitFor();
    const reset = logs.getByRole('button', { name: 'Reset Filters' });
    if (await reset.isVisible()) await reset.click();
    await fetch(`${url}?what=hostile`);
    await logs.locator('#list').press('Control+f');
    await logs.locator('#filter').pressSequentially('next ordinary');
    await rows(logs).filter({ hasText: 'the next ordinary line' }).first().waitFor();
    // A command of the extension answers.
    await workbench.runCommand('Modal: Follow Logs');
    await workbench.quickPick.widget.getByText(/^shop/).first().waitFor();
  });
});
