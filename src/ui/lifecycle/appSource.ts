import path from 'node:path';

export interface SourceText {
  /** With `/` between its parts. */
  readonly path: string;
  readonly text: string;
}

/** The folder of the one file that makes an app of this name; undefined when none or several do. */
export function folderOfApp(sources: readonly SourceText[], appName: string): string | undefined {
  const definition = new RegExp(
    String.raw`\bApp\(\s*(?:name\s*=\s*)?(["'])${appName.replace(/[.*+?^$\{\}()|[\]\\]/g, String.raw`\$&`)}\1`,
  );
  const defining = sources.filter(({ text }) => definition.test(text));
  return defining.length === 1 && defining[0] ? path.posix.dirname(defining[0].path) : undefined;
}
