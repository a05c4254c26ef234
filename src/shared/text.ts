/**
 * What the editor shows to a person.
 *
 * The editor turns parts of a string into more than words: `[label](command:…)` of a notification, a progress message or
 * the prompt of an input box becomes a link that runs a command, and `$(name)` becomes an icon in prompts, lists, lenses,
 * suggestions, the status bar and the tabs of terminals. Names, errors and files of others must stay words, so what is shown is made
 * by `text` alone: links and icons come only from `commandLink` and `icon`, put directly into the template.
 *
 * Dialogs, rows and messages of trees, tabs of editors, buttons and problems are drawn as they read, as of VS Code 1.139.
 */

import { plainText } from './ansi.ts';

declare const brand: unique symbol;

/** A string that is shown as it reads. Inside of another one it stays as it is, but for links and icons, which go. */
export type Text = string & { readonly [brand]: 'text' };

/** The bundles have copies of these classes, so a mark tells them, not the class. */
const markupMark = Symbol.for('modalGpu.markup');
const markdownMark = Symbol.for('modalGpu.markdown');

/** An icon or a link that the product itself puts into a text. */
class InlineMarkup {
  readonly [markupMark] = true;
  readonly source: string;

  constructor(source: string) {
    this.source = source;
  }
}

class MarkdownSource {
  readonly [markdownMark] = true;
  readonly source: string;

  constructor(source: string) {
    this.source = source;
  }
}

export type Markup = InlineMarkup;
export type Markdown = MarkdownSource;

type Value = string | number | Markup;

/** A longer word of others would push ours out of a notification, or fill the screen. */
const longestValue = 800;
const mostLines = 60;

/** Invisible, and no place to break a line. */
const wordJoiner = '\u2060';
const leftToRight = '\u200E';

/** Everything is shown as it reads, whatever the values are. */
export function text(strings: TemplateStringsArray, ...values: readonly Value[]): Text {
  const hasLink = values.some((value) => isMarkup(value) && value.source.startsWith('['));
  const ours = (words: string) => withoutMarkup(hasLink ? words.replaceAll('[', '［') : words);
  let done = '';
  let words = strings[0] ?? '';
  values.forEach((value, at) => {
    if (isMarkup(value)) {
      // A backslash of others would make words of our icon.
      done += ours(words).replace(/\\$/, `\\${wordJoiner}`) + value.source;
      words = '';
    } else words += wordsOf(value);
    words += strings[at + 1] ?? '';
  });
  return (done + ours(words)) as Text;
}

/** Words of others alone. */
export function plain(words: string): Text {
  return text`${words}`;
}

/** One fact on each line; empty ones are left out. */
export function lines(all: readonly string[]): Text {
  const some = all.filter(Boolean);
  const shown = some.slice(0, mostLines).map(plain);
  const more = some.length - shown.length;
  return [...shown, ...(more > 0 ? [text`… and ${more} more`] : [])].join('\n') as Text;
}

/** @param name of a codicon, e.g. `check` */
export function icon(name: string): Markup {
  return new InlineMarkup(`$(${name.replace(/[^\w~-]/g, '')})`);
}

/**
 * @param command id of a command of this extension
 * @param argument what it is given, for links in Markdown: data, and never a part of the link's own signs
 */
export function commandLink(label: Text, command: string, argument?: string): Markup {
  const given = argument === undefined ? '' : `?${encoded(JSON.stringify([argument]))}`;
  return new InlineMarkup(
    `[${label.replaceAll(']', '')}](command:${command.replace(/[^\w.]/g, '')}${given})`,
  );
}

/** Also the brackets, which would end a link. */
function encoded(words: string): string {
  return encodeURIComponent(words).replace(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Markdown of a tooltip: the template is ours, and values are words. Icons, links and other Markdown stay. */
export function markdownText(
  strings: TemplateStringsArray,
  ...values: readonly (Value | Markdown)[]
): Markdown {
  const source = values.map((value, at) => markdownOf(value) + (strings[at + 1] ?? ''));
  return new MarkdownSource((strings[0] ?? '') + source.join(''));
}

export function joinMarkdown(parts: readonly Markdown[], separator: string): Markdown {
  return new MarkdownSource(parts.map(({ source }) => source).join(separator));
}

function markdownOf(value: Value | Markdown): string {
  if (isMarkup(value) || isMarkdown(value)) return value.source;
  // Each sign that means something anywhere in Markdown, and those that make an address a link.
  const words = withoutMarkup(wordsOf(value)).replace(/\s+/g, ' ');
  return words.replace(/[!-/:-@[-`{-~]/g, '\\$&');
}

function isMarkup(value: unknown): value is Markup {
  return typeof value === 'object' && value !== null && markupMark in value;
}

function isMarkdown(value: unknown): value is Markdown {
  return typeof value === 'object' && value !== null && markdownMark in value;
}

/** The editor looks for `](` and `$(`, so something invisible goes between the two. */
function withoutMarkup(words: string): string {
  return words.replace(/(?<=[\]$])\(/g, `${wordJoiner}(`);
}

/** Words on one line, in the order in which they are written, and not too many. */
function wordsOf(value: string | number): string {
  const whole = String(value);
  // Most are like this, and lists have many.
  if (whole.length <= longestValue && /^[ -~]*$/.test(whole)) return whole;
  const clean = plainText(shortened(whole, 4 * longestValue))
    .toWellFormed()
    .replace(/[\t-\r\u0085\u2028\u2029]+/g, ' ')
    .replace(/\p{Cc}/gu, '\uFFFD')
    .replace(unseen, '');
  const short = shortened(clean, longestValue);
  // Else letters that are written from the right draw what follows to their left.
  return rightToLeft.test(short) && !short.endsWith(leftToRight) ? short + leftToRight : short;
}

/**
 * What changes the order or the look of other letters, or only seems not to be there. Joiners inside of words stay, as
 * Persian and emoji need them.
 */
const unseen =
  /(?![\u200C-\u200E\u2060])[\p{Cf}\p{Co}\u034F\u115F\u1160\u17B4\u17B5\u180B-\u180F\u3164\uFE00-\uFE0D\uFFA0]/gu;

const rightToLeft = /[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFC\u{10800}-\u{10FFF}\u{1E800}-\u{1EFFF}]/u;

/** Never cuts a letter in two. */
function shortened(words: string, length: number): string {
  if (words.length <= length) return words;
  return `${words.slice(0, length - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
