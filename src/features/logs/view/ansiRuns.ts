import { drawableAnsi, escapeParts, hasAnsi } from '../../../shared/ansi.ts';

/** Text in one style; the classes are those of the style sheet, '' = none. */
export interface StyledRun {
  readonly text: string;
  readonly classes: string;
}

const colours = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'] as const;
const marks: Readonly<Record<number, string>> = {
  1: 'bold',
  2: 'dim',
  3: 'italic',
  4: 'underline',
  7: 'inverse',
  9: 'strike',
};
const unmarks: Readonly<Record<number, readonly string[]>> = {
  22: ['bold', 'dim'],
  23: ['italic'],
  24: ['underline'],
  27: ['inverse'],
  29: ['strike'],
};

interface Style {
  foreground: string;
  background: string;
  readonly marks: Set<string>;
}

/** A line in the styles that its escape sequences ask for. Joined, the runs are the text without the sequences. */
export function styledRuns(text: string): StyledRun[] {
  if (!hasAnsi(text)) return [{ text, classes: '' }];
  const runs: StyledRun[] = [];
  let style = plain();
  for (const part of escapeParts(drawableAnsi(text))) {
    style = styleAfter(style, part.escape);
    if (part.text) runs.push({ text: part.text, classes: classesOf(style) });
  }
  return runs;
}

function plain(): Style {
  return { foreground: '', background: '', marks: new Set() };
}

/** Only colours and the like count; whatever else a sequence asks a terminal for is left out. */
function styleAfter(style: Style, escape: string): Style {
  const [, list] = /^(?:\u001b\[|\u009b)([\d;:]*)m$/.exec(escape) ?? [];
  if (list === undefined) return style;
  const codes = list.split(/[;:]/).map(Number);
  let next: Style = { ...style, marks: new Set(style.marks) };
  for (let at = 0; at < codes.length; at++) {
    const code = codes[at] ?? 0;
    if (code === 0) next = plain();
    else if (code === 38 || code === 48) {
      const { colour, length } = extended(codes.slice(at + 1, at + 5));
      if (code === 38) next.foreground = colour;
      else next.background = colour;
      at += length;
    } else apply(next, code);
  }
  return next;
}

function apply(style: Style, code: number): void {
  const mark = marks[code];
  if (mark) style.marks.add(mark);
  for (const each of unmarks[code] ?? []) style.marks.delete(each);
  if (code >= 30 && code <= 37) style.foreground = colours[code - 30] ?? '';
  else if (code === 39) style.foreground = '';
  else if (code >= 40 && code <= 47) style.background = colours[code - 40] ?? '';
  else if (code === 49) style.background = '';
  else if (code >= 90 && code <= 97) style.foreground = `bright-${colours[code - 90] ?? ''}`;
  else if (code >= 100 && code <= 107) style.background = `bright-${colours[code - 100] ?? ''}`;
}

/** A colour of 256 or of all, as the nearest of the theme's sixteen: those can be read on its background. */
function extended(codes: readonly number[]): { readonly colour: string; readonly length: number } {
  const [kind, a = 0, b = 0, c = 0] = codes;
  if (kind === 2) return { colour: nearest(a, b, c), length: 4 };
  if (kind !== 5) return { colour: '', length: 0 };
  if (a < 16) return { colour: `${a < 8 ? '' : 'bright-'}${colours[a % 8] ?? ''}`, length: 2 };
  if (a >= 232) return { colour: nearest(...grey(8 + (a - 232) * 10)), length: 2 };
  const level = (value: number) => (value === 0 ? 0 : 55 + 40 * value);
  const cube = a - 16;
  return {
    colour: nearest(level(Math.floor(cube / 36)), level(Math.floor(cube / 6) % 6), level(cube % 6)),
    length: 2,
  };
}

function nearest(red: number, green: number, blue: number): string {
  const most = Math.max(red, green, blue);
  if (most < 64) return 'black';
  // Those channels count that are near the strongest one.
  const has = (value: number) => (value > most * 0.6 ? 1 : 0);
  const colour = colours[has(red) + 2 * has(green) + 4 * has(blue)] ?? 'white';
  if (colour === 'white' && most < 160) return 'bright-black';
  return most > 200 ? `bright-${colour}` : colour;
}

function grey(value: number): [number, number, number] {
  return [value, value, value];
}

function classesOf({ foreground, background, marks: set }: Style): string {
  const names = [...set].map((name) => `ansi-${name}`);
  if (foreground) names.push(`ansi-${foreground}-fg`);
  if (background) names.push(`ansi-${background}-bg`);
  return names.join(' ');
}
