/** Which faults the type check refuses: nobody can commit those, so they say nothing about the tests. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { root } from './root.ts';

/** @returns whether a file with another text still passes the type check */
export type TypeCheck = (file: string, text: string) => boolean;

/** Browser code and the rest have each a check of their own, made when the first file of its kind comes. */
export function typeCheck(): TypeCheck {
  const checks = new Map<string, TypeCheck>();
  return (file, text) => {
    const config = file.includes('/view/') ? 'tsconfig.view.json' : 'tsconfig.json';
    const check = checks.get(config) ?? checkOf(config);
    checks.set(config, check);
    return check(file, text);
  };
}

function checkOf(config: string): TypeCheck {
  const place = path.join(root, config);
  const json = ts.readConfigFile(place, (file) => ts.sys.readFile(file)).config as unknown;
  const { options, fileNames } = ts.parseJsonConfigFileContent(json, ts.sys, path.dirname(place));
  const changed = new Map<string, { version: number; text: string }>();
  const service = ts.createLanguageService({
    getCompilationSettings: () => options,
    getScriptFileNames: () => fileNames.filter((file) => file.startsWith(path.join(root, 'src'))),
    getScriptVersion: (file) => String(changed.get(file)?.version ?? 0),
    getScriptSnapshot: (file) => {
      const text = changed.get(file)?.text ?? ts.sys.readFile(file);
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
    },
    getCurrentDirectory: () => root,
    getDefaultLibFileName: (of) => ts.getDefaultLibFilePath(of),
    fileExists: (file) => ts.sys.fileExists(file),
    readFile: (file) => ts.sys.readFile(file),
    directoryExists: (folderName) => ts.sys.directoryExists(folderName),
    getDirectories: (folderName) => ts.sys.getDirectories(folderName),
  });
  let version = 0;
  return (file, text) => {
    const name = path.join(root, file);
    changed.set(name, { version: ++version, text });
    const found = service.getSemanticDiagnostics(name).length + service.getSyntacticDiagnostics(name).length;
    changed.set(name, { version: ++version, text: readFileSync(name, 'utf8') });
    return found === 0;
  };
}
