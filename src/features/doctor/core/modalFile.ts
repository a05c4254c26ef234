import { PythonFile } from './pythonFile.ts';
import type { Call, Site } from './sites.ts';
import { readSites } from './sites.ts';

/** A Python file that speaks of Modal, read once for everything that is asked of it. */
export interface ModalFile {
  readonly file: PythonFile;
  readonly sites: readonly Site[];
  readonly calls: readonly Call[];
}

/** @returns undefined for a file that does not name Modal */
export function readModalFile(text: string): ModalFile | undefined {
  if (!/\bmodal\b/.test(text)) return undefined;
  const file = new PythonFile(text);
  return file.namesModal ? { file, ...readSites(file) } : undefined;
}
