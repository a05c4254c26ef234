import os from 'node:os';
import path from 'node:path';

/** Where big installs live: outside the checkout, so that a fresh clone finds them again. */
export const cacheRoot =
  process.env['MODAL_GPU_CACHE'] ??
  path.join(process.env['XDG_CACHE_HOME'] ?? path.join(os.homedir(), '.cache'), 'modal-gpu-apps');
