import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { cacheRoot } from '../../scripts/cache.ts';
import { installOnce } from '../../scripts/install.ts';
import { root } from '../../scripts/root.ts';

const scripts = path.join(root, 'modal_apps/tests');
/** Beside the scripts themselves: what the document reader's model learns by heart. */
const learnt = ['ocr/documents.py', 'ocr/preprocess.py', 'ocr/prompts.py', 'ocr/prompts.json'].map((name) =>
  path.join(root, 'modal_apps/documents', name),
);
const makeWithinMs = 600_000;

export interface TinyHub {
  readonly folder: string;
  /** Environment of a deploy: settings for models of this size on a machine without a GPU. */
  readonly deployEnv: Readonly<Record<string, string>>;
  /** Environment of the containers. */
  readonly containerEnv: Readonly<Record<string, string>>;
}

/**
 * Makes very small models under the names of the real ones, once for each version of their scripts, so that every
 * bundled app starts with its default model and without a network.
 */
export async function ensureTinyHub(python: string): Promise<TinyHub> {
  const hub = await describeTinyHub();
  await installOnce(hub.folder, async () => {
    await promisify(execFile)(python, [path.join(scripts, 'tiny_hub.py'), hub.folder], {
      cwd: scripts,
      timeout: makeWithinMs,
      env: { ...process.env, HF_HUB_OFFLINE: '1', PYTHONDONTWRITEBYTECODE: '1' },
    });
  });
  return hub;
}

/** Where it is, or will be. */
export async function describeTinyHub(): Promise<TinyHub> {
  const names = (await readdir(scripts)).filter((name) => /^tiny_\w+\.py$/.test(name)).sort();
  const own = [...names, 'documents/make_document_samples.py'].map((name) => path.join(scripts, name));
  const files = await Promise.all([...own, ...learnt].map((file) => readFile(file)));
  const hash = createHash('sha256').update(Buffer.concat(files)).digest('hex').slice(0, 12);
  const folder = path.join(cacheRoot, `models/hub-${hash}`);
  const offline = { HF_HUB_OFFLINE: '1', PYTHONDONTWRITEBYTECODE: '1' };
  return {
    folder,
    deployEnv: {
      ...offline,
      APP_SNAPSHOT: 'off', // vLLM sleeps only on a GPU
      APP_ENGINE: 'transformers',
      APP_SAE_PATH: path.join(folder, 'saes'),
      APP_MAX_MODEL_LEN: '2048',
      APP_FAST_BOOT: '1',
    },
    containerEnv: {
      ...offline,
      HF_HOME: folder,
      OMP_NUM_THREADS: '2',
      VLLM_TARGET_DEVICE: 'cpu',
      VLLM_CPU_KVCACHE_SPACE: '1',
    },
  };
}
