/** What other features use of workspace without the editor. */
export { ImportedNames } from './names.ts';
export { ParserThread } from './parserThread.ts';
export type { Argument } from './pythonSource.ts';
export { PythonSource, childrenOf } from './pythonSource.ts';
export type { ScriptFiles } from './scriptIndex.ts';
export { folderOf, join, toSlashes } from './slashPath.ts';
export type { Value } from './value.ts';
export { Values, innerOf, isList } from './values.ts';
