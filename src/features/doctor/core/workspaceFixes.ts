import { editsOfAll } from './applyFixes.ts';
import type { Edit, Finding } from './rule.ts';

/** Files of a workspace, by address. */
export interface FixableFiles {
  find(): Promise<{ readonly uris: readonly string[] }>;
  stat(uri: string): Promise<{ readonly size: number } | undefined>;
  read(uri: string): Promise<string>;
  /** The same for two addresses of one file, as links make them. */
  identity(uri: string): Promise<string>;
}

export interface WorkspaceFixes {
  /** What changes, with the text that was read; each file once. */
  readonly files: readonly { readonly uri: string; readonly text: string; readonly edits: readonly Edit[] }[];
  /** Findings that have no fix. */
  readonly left: number;
}

const mostBytes = 1 << 20;

/** Gathers the fixes of all files. @returns undefined when it was cancelled */
export async function workspaceFixes(
  files: FixableFiles,
  findings: (text: string, uri: string) => Promise<readonly Finding[]>,
  isCancelled: () => boolean,
): Promise<WorkspaceFixes | undefined> {
  const fixed: WorkspaceFixes['files'][number][] = [];
  const seen = new Set<string>();
  let left = 0;
  for (const uri of (await files.find()).uris) {
    if (isCancelled()) return undefined;
    const identity = await files.identity(uri);
    if (seen.has(identity)) continue;
    seen.add(identity);
    const stat = await files.stat(uri);
    if (!stat || stat.size > mostBytes) continue;
    const text = await files.read(uri).catch(() => '');
    if (!/\bmodal\b/.test(text)) continue;
    const found = await findings(text, uri);
    left += found.filter(({ fix, severity }) => !fix && severity !== 'hint').length;
    const edits = editsOfAll(found);
    if (edits.length > 0) fixed.push({ uri, text, edits });
  }
  return { files: fixed, left };
}
