import type { DocumentSection } from './logDocument.ts';

export interface Fold {
  readonly firstLine: number;
  readonly lastLine: number;
}

/** The editor folds no more regions than this by default. */
const mostFolds = 5000;
/** An outline of more is of no use to anybody, and slow. */
const mostSymbols = 2000;

/** Foldable regions in document order; if there are too many, the longest ones. */
export function foldsOf(sections: readonly DocumentSection[], most = mostFolds): Fold[] {
  const folds: DocumentSection[] = [];
  const visit = (section: DocumentSection) => {
    if (section.lastLine > section.firstLine) folds.push(section);
    section.children.forEach(visit);
  };
  sections.forEach(visit);
  return longest(folds, most).map(({ firstLine, lastLine }) => ({ firstLine, lastLine }));
}

/**
 * Sections of the outline. Where many containers take turns, every line would be a section of its own: then only
 * those with tracebacks are there, and the longest others.
 */
export function outlineOf(sections: readonly DocumentSection[], most = mostSymbols): DocumentSection[] {
  if (countOf(sections) <= most) return [...sections];
  const withTraceback = sections.filter(hasTraceback);
  const others = sections
    .filter((section) => !hasTraceback(section) && section.lastLine > section.firstLine)
    .map((section) => ({ ...section, children: [] }));
  const kept = withTraceback.slice(-most).map(onlyTracebacks);
  return [...kept, ...longest(others, most - kept.length)].sort((a, b) => a.firstLine - b.firstLine);
}

function longest(sections: readonly DocumentSection[], most: number): DocumentSection[] {
  if (sections.length <= most) return [...sections];
  return sections
    .toSorted((a, b) => b.lastLine - b.firstLine - (a.lastLine - a.firstLine))
    .slice(0, Math.max(0, most))
    .sort((a, b) => a.firstLine - b.firstLine);
}

function hasTraceback({ kind, children }: DocumentSection): boolean {
  return kind === 'traceback' || children.some(hasTraceback);
}

function onlyTracebacks(section: DocumentSection): DocumentSection {
  return { ...section, children: section.children.filter(hasTraceback).map(onlyTracebacks) };
}

function countOf(sections: readonly DocumentSection[]): number {
  return sections.reduce((sum, { children }) => sum + 1 + countOf(children), 0);
}
