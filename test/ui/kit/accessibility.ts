import AxeBuilder from '@axe-core/playwright';
import type { Frame, Page } from 'playwright-core';
import { within } from './poll.ts';

export interface Violation {
  readonly rule: string;
  readonly impact: string;
  readonly help: string;
  /** Selector, markup and reason of each place. */
  readonly places: readonly string[];
}

const limitMs = 60_000;

/**
 * Checks a webview's document, or the part of the workbench that a selector names. The webview must allow scripts,
 * as axe is one.
 * @returns what axe finds wrong; empty when all is well
 */
export async function axe(page: Page, target: Frame | string): Promise<Violation[]> {
  const builder = new AxeBuilder({ page });
  if (typeof target === 'string') return check(builder.include(target));
  builder.include({ fromFrames: await pathTo(target) });
  await paintSurface(target);
  try {
    return await check(builder);
  } finally {
    await target.evaluate(`document.documentElement.style.removeProperty('background')`);
  }
}

async function check(builder: AxeBuilder): Promise<Violation[]> {
  const { violations } = await within(limitMs, 'the accessibility check', builder.analyze());
  return violations.map(({ id, impact, help, nodes }) => ({
    rule: id,
    impact: impact ?? 'unknown',
    help,
    places: nodes.map((node) => `${JSON.stringify(node.target)} ${node.html}: ${node.failureSummary ?? ''}`),
  }));
}

/**
 * A webview is transparent and lies over the workbench, which axe cannot see from inside: it would judge contrast
 * against white. So the page gets the colour that is behind it.
 */
async function paintSurface(frame: Frame): Promise<void> {
  const isView =
    new URL(frame.parentFrame()?.url() ?? frame.url()).searchParams.get('purpose') === 'webviewView';
  const surface = isView ? '--vscode-panel-background' : '--vscode-editor-background';
  await frame.evaluate(
    `document.documentElement.style.background = 'var(${surface}, var(--vscode-editor-background))'`,
  );
}

/** Selectors from the page down to the document of a webview. */
async function pathTo(frame: Frame): Promise<[string, string, string]> {
  const outer = frame.parentFrame();
  if (!outer) throw new Error('This frame is the page itself; name a part of it by a selector.');
  const name = await (await outer.frameElement()).getAttribute('name');
  return [`iframe[name="${name ?? ''}"]`, '#active-frame', 'html'];
}
