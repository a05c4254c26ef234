interface Place {
  /** Start and end in the plain text. */
  readonly start: number;
  readonly end: number;
}

/** What can be followed from a line. What it leads to is decided where it is opened. */
export type TextLink =
  | (Place & { readonly kind: 'url'; readonly url: string })
  | (Place & { readonly kind: 'file'; readonly file: string; readonly line: number })
  | (Place & { readonly kind: 'object'; readonly id: string });

/** Links beyond these are left as text: a line that has more is a list, or noise. */
const mostLinks = 50;
const mostCharacters = 10_000;

// Each begins where a word does and repeats only what cannot begin the next part, so the work is linear in the text.
const forms = {
  url: /(?<![\w+.-])https?:\/\/[^\s"'<>`\\^{}|\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]{1,2048}/g,
  frame: /File "([^"\n]{1,500})", line (\d{1,7})/g,
  file: /(?<![\w.@+\-/])(\/?(?:[\w.@+-]{1,100}\/){0,30}[\w.@+-]{1,100}\.py):(\d{1,7})/g,
  object: /(?<![\w-])(?:ap|fu|ta|fc|im)-(?=[a-z]*[A-Z0-9])[A-Za-z0-9]{8,40}(?![\w-])/g,
} as const;

/**
 * Addresses (http and https only), places in Python files, and ids of Modal's objects.
 * @param text without escape sequences
 */
export function findLinks(text: string): TextLink[] {
  const searched = text.slice(0, mostCharacters);
  const found: TextLink[] = [];
  if (searched.includes('://')) for (const match of searched.matchAll(forms.url)) found.push(urlLink(match));
  if (searched.includes('.py'))
    for (const match of searched.matchAll(forms.file)) found.push(fileLink(match));
  if (searched.includes('File "'))
    for (const match of searched.matchAll(forms.frame)) found.push(fileLink(match));
  if (searched.includes('-'))
    for (const match of searched.matchAll(forms.object)) found.push(objectLink(match));
  return withoutOverlaps(found).slice(0, mostLinks);
}

/** The link that begins there, as {@link findLinks} finds it, also far into a long text. */
export function linkAt(text: string, start: number): TextLink | undefined {
  const known = findLinks(text).find((link) => link.start === start);
  if (known) return known;
  // Some characters before it are looked at too: what stands there decides whether a word begins.
  const from = Math.max(0, start - 1);
  const found = findLinks(text.slice(from, start + 2500)).find((link) => link.start === start - from);
  return found && { ...found, start: found.start + from, end: found.end + from };
}

function urlLink(match: RegExpExecArray): TextLink {
  const url = withoutTail(match[0]);
  return { kind: 'url', start: match.index, end: match.index + url.length, url };
}

function fileLink(match: RegExpExecArray): TextLink {
  const [whole, file = '', line = ''] = match;
  return { kind: 'file', start: match.index, end: match.index + whole.length, file, line: Number(line) };
}

function objectLink(match: RegExpExecArray): TextLink {
  const [id] = match;
  return { kind: 'object', start: match.index, end: match.index + id.length, id };
}

/** What ends a sentence or closes a bracket around the address is no part of it. */
function withoutTail(url: string): string {
  let end = url.length;
  for (; end > 0; end--) {
    const last = url[end - 1] ?? '';
    if (last === ')' && isBalanced(url.slice(0, end))) break;
    if (!'.,;:!?)]'.includes(last)) break;
  }
  return url.slice(0, end);
}

function isBalanced(text: string): boolean {
  return text.split('(').length >= text.split(')').length;
}

/** Of two that overlap, the one that begins first counts. */
function withoutOverlaps(links: readonly TextLink[]): TextLink[] {
  let end = 0;
  return [...links]
    .sort((a, b) => a.start - b.start)
    .filter((link) => {
      if (link.start < end) return false;
      end = link.end;
      return true;
    });
}
