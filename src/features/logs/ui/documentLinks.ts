import * as vscode from 'vscode';
import { findLinks } from '../../../domain/logLinks.ts';
import type { DocumentSection } from '../core/logDocument.ts';
import type { SourceFiles } from './sourceFiles.ts';

/** Lines of tracebacks that are looked at; a log with more has the same ones again and again. */
const mostLines = 5000;
/** Different files that are looked for in the workspace. */
const mostFiles = 200;

interface Frame {
  readonly range: vscode.Range;
  readonly file: string;
  readonly line: number;
}

/**
 * Links from the frames of tracebacks in a log document to the lines of the workspace. Addresses are found by the
 * editor itself.
 */
export async function frameLinks(
  document: vscode.TextDocument,
  sections: readonly DocumentSection[],
  files: Pick<SourceFiles, 'find'>,
  appName: string,
): Promise<vscode.DocumentLink[]> {
  const frames = tracebackLines(sections).flatMap((line) => framesOf(document, line));
  const names = [...new Set(frames.map(({ file }) => file))].slice(0, mostFiles);
  const found = new Map(
    await Promise.all(names.map(async (name) => [name, await files.find(name, appName)] as const)),
  );
  return frames.flatMap(({ range, file, line }) => {
    const uri = found.get(file);
    return uri ? new vscode.DocumentLink(range, uri.with({ fragment: `L${line}` })) : [];
  });
}

function framesOf(document: vscode.TextDocument, line: number): Frame[] {
  if (line >= document.lineCount) return [];
  return findLinks(document.lineAt(line).text).flatMap((link) =>
    link.kind === 'file'
      ? { range: new vscode.Range(line, link.start, line, link.end), file: link.file, line: link.line }
      : [],
  );
}

function tracebackLines(sections: readonly DocumentSection[]): number[] {
  const lines: number[] = [];
  const visit = ({ kind, firstLine, lastLine, children }: DocumentSection): void => {
    if (kind === 'traceback')
      for (let line = firstLine; line <= lastLine && lines.length < mostLines; line++) lines.push(line);
    children.forEach(visit);
  };
  sections.forEach(visit);
  return lines;
}
