import type { Frame, Page } from 'playwright-core';
import { poll } from './poll.ts';

export type FrameTest = (frame: Frame, title: string) => boolean | Promise<boolean>;

/**
 * The document of a webview: a frame inside a frame, of which only the loaded and shown one counts.
 * @param wanted title of the view or editor, or a test of the frame
 */
export async function webviewFrame(
  page: Page,
  wanted: string | FrameTest,
  timeoutMs = 20_000,
): Promise<Frame> {
  const fits: FrameTest = typeof wanted === 'string' ? (_frame, title) => title === wanted : wanted;
  const what = typeof wanted === 'string' ? `the webview "${wanted}"` : 'a webview';
  return poll(() => findFrame(page, fits), { what, timeoutMs });
}

async function findFrame(page: Page, fits: FrameTest): Promise<Frame | undefined> {
  for (const frame of page.frames()) {
    const title = await shownTitle(frame);
    if (title !== undefined && (await fits(frame, title))) return frame;
  }
  return undefined;
}

/** @returns undefined for frames that are no webview's content, still loading, or hidden */
async function shownTitle(frame: Frame): Promise<string | undefined> {
  const outer = frame.parentFrame();
  if (!outer?.parentFrame()) return undefined;
  const element = await frame.frameElement();
  // Content loads in a "pending-frame", which takes this id when it is swapped in.
  if ((await element.getAttribute('id')) !== 'active-frame') return undefined;
  const shown = (await element.isVisible()) && (await (await outer.frameElement()).isVisible());
  return shown ? ((await element.getAttribute('title')) ?? '') : undefined;
}
