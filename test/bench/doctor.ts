import { mkdir, mkdtemp, readFile, realpath, rm, stat, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { datedRates } from '../../src/domain/cost.ts';
import type { DoctorAnswer, DoctorQuestion } from '../../src/features/doctor/core/doctorWorker.ts';
import type { Examined } from '../../src/features/doctor/core/examine.ts';
import { newestKnown } from '../../src/features/doctor/core/version.ts';
import { workspaceFixes } from '../../src/features/doctor/core/workspaceFixes.ts';
import { ParserThread } from '../../src/features/workspace/core/parserThread.ts';
import type { BenchRow } from './table.ts';

const workerFile = new URL('../../src/features/doctor/core/doctorWorker.ts', import.meta.url);
const files = 10_000;
/** Of so many files one is an app, with outdated code. */
const oneApp = 10;

const unit = (at: number) => `

@app.function(gpu="L4", secrets=[modal.Secret.from_name("key-${at}")], keep_warm=1, timeout=600)
def work_${at}(file: str, count: int = 3) -> dict[str, int]:
    """Works on a file."""
    import torch

    result = {}
    for at in range(count):
        with open(file) as source:
            result[str(at)] = len(source.read()) + sum(x * 2 for x in range(at) if x % 3 == 1)
    if not result:
        raise ValueError(f"nothing in {file!r}")
    return result
`;
const appOf = (units: number) =>
  `import modal\n\nimage = modal.Image.debian_slim().pip_install("torch==2.9.0")\napp = modal.App("bench", image=image)\n${Array.from({ length: units }, (_, at) => unit(at)).join('')}`;

/** What the doctor costs while somebody types, and in a workspace of 10,000 files with links that lead back. */
export async function benchDoctor(): Promise<BenchRow[]> {
  const thread = new ParserThread<DoctorQuestion, DoctorAnswer>(workerFile, undefined);
  const ask = async (text: string) =>
    (await thread.ask({ ask: 'examined', text, release: newestKnown, rates: datedRates })) as Examined;
  // The thread alone keeps no process alive.
  const awake = setInterval(() => undefined, 1000);
  try {
    return [...(await typed(ask)), ...(await workspace(ask))];
  } finally {
    clearInterval(awake);
    thread.dispose();
  }
}

type Ask = (text: string) => Promise<Examined>;

async function typed(ask: Ask): Promise<BenchRow[]> {
  const text = appOf(33);
  const times: number[] = [];
  for (let at = 0; at < 500; at++) {
    const start = performance.now();
    // Each change is another text.
    await ask(`${text}# ${at}\n`);
    times.push(performance.now() - start);
  }
  const sorted = times.slice(100).sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor(sorted.length * share)] ?? Number.NaN;
  const what = `doctor: a change of a file of ${text.split('\n').length} lines`;
  return [limited(`${what}, p50`, 'ms', at(0.5), 20), limited(`${what}, p99`, 'ms', at(0.99), 20)];
}

const limited = (what: string, unit: string, ours: number, most: number): BenchRow => ({
  ...{ what, unit, ours, promise: `at most ${most} ${unit}`, met: ours <= most },
});

async function workspace(ask: Ask): Promise<BenchRow[]> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'doctor-files-'));
  try {
    const paths = await fill(folder);
    // As a search that follows links may list them: each file also by the link.
    const uris = [...paths, ...paths.map((file) => path.join(folder, 'loop', path.relative(folder, file)))];
    const delay = monitorEventLoopDelay({ resolution: 5 });
    const gather = (isCancelled: () => boolean) =>
      workspaceFixes(
        {
          find: () => Promise.resolve({ uris }),
          stat: (uri) => stat(uri),
          read: (uri) => readFile(uri, 'utf8'),
          identity: (uri) => realpath(uri),
        },
        async (text) => (await ask(text)).findings,
        isCancelled,
      );
    const start = performance.now();
    delay.enable();
    const found = await gather(() => false);
    delay.disable();
    const took = performance.now() - start;
    let cancelledAt = 0;
    let asked = 0;
    await gather(() => {
      if (++asked === 500) cancelledAt = performance.now();
      return asked >= 500;
    });
    const late = performance.now() - cancelledAt;
    const apps = files / oneApp;
    return [
      limited(`doctor: fixes of ${files} files, each listed twice by a link`, 's', took / 1000, 60),
      {
        ...{ what: 'doctor: files with fixes, each once', unit: 'files', ours: found?.files.length ?? 0 },
        ...{ promise: `${apps} files`, met: found?.files.length === apps },
      },
      limited('doctor: longest hold of the host meanwhile', 'ms', delay.max / 1e6, 50),
      limited('doctor: end after a cancel', 'ms', late, 50),
    ];
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function fill(folder: string): Promise<string[]> {
  const app = appOf(3);
  const paths: string[] = [];
  for (let at = 0; at < files; at++) {
    const below = path.join(folder, `part${at % 100}`);
    if (at < 100) await mkdir(below);
    const file = path.join(below, `file${at}.py`);
    await writeFile(
      file,
      at % oneApp === 0 ? app : `import json\n\n\ndef f${at}(x):\n    return json.dumps(x)\n`,
    );
    paths.push(file);
  }
  await symlink(folder, path.join(folder, 'loop'));
  return paths;
}
