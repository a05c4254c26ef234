import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { glob, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { silentLogger } from '../../src/shared/logger.ts';
import { tooLong } from '../../src/features/workspace/core/tooLong.ts';
import type { ModuleReading } from '../../src/features/workspace/core/reading.ts';
import { ParserThread } from '../../src/features/workspace/core/parserThread.ts';
import { ScriptIndex } from '../../src/features/workspace/core/scriptIndex.ts';
import { root } from '../../scripts/root.ts';
import type { BenchRow } from './table.ts';

const files = 20_430;
const withApps = 400;

/** How soon the apps of a large workspace are there, and what a file costs that is written then. */
export async function benchWorkspace(): Promise<BenchRow[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'bench-workspace-'));
  try {
    await fill(folder);
    return await measure(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function measure(folder: string): Promise<BenchRow[]> {
  const grep = await timed(() => grepModal(folder));
  const parser = new ParserThread<string, ModuleReading>(path.join(root, 'dist/scriptParser.js'), tooLong);
  let listed = 0;
  const index = new ScriptIndex(
    {
      find: async () => {
        const uris: string[] = [];
        for await (const uri of glob('**/*.py', { cwd: folder })) uris.push(uri);
        listed = performance.now();
        return { uris, isCut: false };
      },
      includes: () => Promise.resolve(true),
      stat: async (uri) => {
        const { mtimeMs, size } = await stat(path.join(folder, uri));
        return { mtime: mtimeMs, size };
      },
      read: (uri) => readFile(path.join(folder, uri), 'utf8'),
      label: (uri) => uri,
      path: (uri) => path.join(folder, uri),
      top: () => folder,
    },
    (text) => parser.ask(text),
    silentLogger,
  );
  let first = Number.NaN;
  index.onDidChange(() => {
    if (Number.isNaN(first) && index.scripts.length > 0) first = performance.now();
  });
  const all = await timed(() => index.update());
  const found = index.scripts.length;
  const cpu = process.cpuUsage();
  const news = 20;
  for (let at = 0; at < news; at++) {
    const name = `new_${at}.py`;
    await writeFile(path.join(folder, name), appText(at));
    index.touch(name);
    await index.update();
  }
  const { user, system } = process.cpuUsage(cpu);
  const each = (user + system) / 1000 / news;
  if (index.scripts.length !== found + news)
    throw new Error(`${index.scripts.length} scripts of ${found + news}`);
  parser.dispose();
  index.dispose();
  const what = `of ${files} Python files with ${found} apps`;
  return [
    row(`first app ${what}, from the list of files on`, first - listed, 1000),
    {
      what: `all apps ${what}`,
      unit: 'ms',
      ours: all,
      rival: { name: 'grep -rlw modal', value: grep },
      promise: 'told, not promised',
      met: true,
    },
    row(`CPU of a new file with an app, ${what}`, each, 50),
  ];
}

function row(what: string, ours: number, limit: number): BenchRow {
  return { what, unit: 'ms', ours, promise: `<= ${limit} ms`, met: ours <= limit };
}

async function timed(act: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await act();
  return performance.now() - began;
}

/** What somebody does who looks for apps in a terminal. */
async function grepModal(folder: string): Promise<void> {
  await once(execFile('grep', ['-rlw', '--include=*.py', 'modal', folder]), 'close');
}

/** Files as libraries have them, and an app in every fiftieth. */
async function fill(folder: string): Promise<void> {
  const library = await readFile(path.join(root, 'modal_apps/appkit/jobs.py'), 'utf8');
  const every = Math.floor(files / withApps);
  for (let package_ = 0; package_ * 100 < files; package_++) {
    const inside = path.join(folder, `package_${package_}`);
    await mkdir(inside);
    const numbers = Array.from(
      { length: Math.min(100, files - package_ * 100) },
      (_, at) => package_ * 100 + at,
    );
    await Promise.all(
      numbers.map((at) =>
        writeFile(path.join(inside, `module_${at}.py`), at % every === 0 ? appText(at) : library),
      ),
    );
  }
}

function appText(at: number): string {
  return [
    'import modal',
    `app = modal.App("app-${at}")`,
    '',
    '@app.function(gpu="A10G")',
    'def work(text: str) -> str:',
    '    return text',
    '',
  ].join('\n');
}
