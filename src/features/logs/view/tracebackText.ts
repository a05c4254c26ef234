import { isLibraryFile } from '../../../domain/remoteFile.ts';

export interface TracebackLine {
  readonly text: string;
  /** Where it begins in the whole text. */
  readonly start: number;
}

/** A piece of a traceback's text: one frame with its source lines, or lines between the frames. */
export interface TracebackBlock {
  readonly kind: 'frame' | 'words';
  readonly lines: readonly TracebackLine[];
  /** A frame of Python itself or of an installed package. */
  readonly isLibrary: boolean;
}

const frameLine = /^[\s|]*File "([^"]+)", line \d+/;
const ofFrame = /^[\s|]{4,}/;

/** The text of a traceback in blocks, so that frames can be linked, dimmed and folded. Nothing of it is lost. */
export function tracebackBlocks(text: string): TracebackBlock[] {
  const blocks: { kind: TracebackBlock['kind']; lines: TracebackLine[]; isLibrary: boolean }[] = [];
  let start = 0;
  for (const line of text.split('\n')) {
    const place = { text: line, start };
    start += line.length + 1;
    const last = blocks.at(-1);
    const file = frameLine.exec(line)?.[1];
    if (file !== undefined) blocks.push({ kind: 'frame', lines: [place], isLibrary: isLibraryFile(file) });
    else if (last?.kind === 'frame' && ofFrame.test(line)) last.lines.push(place);
    else if (last?.kind === 'words') last.lines.push(place);
    else blocks.push({ kind: 'words', lines: [place], isLibrary: false });
  }
  return blocks;
}

/** Neighbouring frames of libraries together, as they are folded. */
export function foldLibraries(blocks: readonly TracebackBlock[]): (TracebackBlock | TracebackBlock[])[] {
  const folded: (TracebackBlock | TracebackBlock[])[] = [];
  for (const block of blocks) {
    const last = folded.at(-1);
    if (!block.isLibrary) folded.push(block);
    else if (Array.isArray(last)) last.push(block);
    else folded.push([block]);
  }
  return folded;
}
