import { examine } from '../../../../src/features/doctor/core/examine.ts';
import { importFindings } from '../../../../src/features/doctor/core/images/surroundings.ts';
import type { Finding } from '../../../../src/features/doctor/core/rule.ts';

interface Around {
  readonly path: string;
  /** Of the workspace `/w`. */
  readonly files: readonly string[];
  readonly release: string;
  readonly top?: string;
  /** Modules of the environment; absent = unknown. */
  readonly installed?: readonly string[];
}

/** What is found about the imports of a file that lies among others. */
export function findingsAround(
  text: string,
  { path, files, release, top = '/w', installed }: Around,
): Promise<Finding[]> {
  const namesIn = (folder: string) =>
    files
      .filter((file) => file.startsWith(`${folder}/`))
      .map((file) => file.slice(folder.length + 1).split('/')[0] ?? '');
  return importFindings(examine(text, release).imports, {
    ...{ path, top },
    list: (folder) => Promise.resolve(new Set(namesIn(folder))),
    installed: () => Promise.resolve(installed && new Set(installed)),
  });
}
