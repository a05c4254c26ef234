import path from 'node:path';

export interface SourceText {
  /** With `/` between its parts. */
  readonly path: string;
  readonly text: string;
}

const definition = /\bApp\(\s*(?:name\s*=\s*)?(?:"([^"\n]*)"|'([^'\n]*)')/g;

/** The folder of the one file that makes an app of this name; undefined when none or several do. */
export function folderOfApp(sources: readonly SourceText[], appName: string): string | undefined {
  const defines = ({ text }: SourceText) =>
    [...text.matchAll(definition)].some(([, double, single]) => (double ?? single) === appName);
  const defining = sources.filter(defines);
  return defining.length === 1 && defining[0] ? path.posix.dirname(defining[0].path) : undefined;
}
