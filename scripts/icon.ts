/** `node scripts/icon.ts`: renders `scripts/icon.svg` to the PNG that the Marketplace asks for. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { chromiumFlags, ensureChromium } from '../test/host/chromium.ts';
import { root } from './root.ts';

const svg = await readFile(path.join(root, 'scripts/icon.svg'), 'utf8');
const browser = await chromium.launch({ executablePath: ensureChromium(), args: chromiumFlags });
const page = await browser.newPage({ viewport: { width: 256, height: 256 } });
await page.setContent(`<style>body { margin: 0 } svg { display: block }</style>${svg}`);
await page.screenshot({ path: path.join(root, 'media/icon.png'), omitBackground: true });
await browser.close();
