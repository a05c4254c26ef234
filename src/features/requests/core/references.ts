/** A place in a text, by offsets. */
export interface TextRange {
  readonly start: number;
  readonly end: number;
}

/** Variables that the endpoint's key takes in files; their values come from the secret storage, never from a file. */
export const keyVariables = ['MODAL_API_KEY', 'MODAL_KEY', 'MODAL_SECRET'] as const;

export const isKeyVariable = (name: string) => (keyVariables as readonly string[]).includes(name);

export interface Reference extends TextRange {
  /** What stands between the braces, without blanks around it. */
  readonly name: string;
}

const reference = /\{\{([^{}\r\n]*)\}\}/g;
/** `\{\{ … \}\}`, which httpyac sends as `{{ … }}`. */
const escaped = /\\\{\\\{([^{}\r\n]*)\\\}\\\}/g;

export function referencesIn(text: string): Reference[] {
  return [...text.matchAll(reference)].map((match) => ({
    name: (match[1] ?? '').trim(),
    start: match.index,
    end: match.index + match[0].length,
  }));
}

/** @param put what stands for a reference; what it gives is not looked at again */
export function replaceReferences(text: string, put: (name: string, whole: string) => string): string {
  const pieces: string[] = [];
  let from = 0;
  for (const { name, start, end } of referencesIn(text)) {
    pieces.push(withoutEscapes(text.slice(from, start)), put(name, text.slice(start, end)));
    from = end;
  }
  return pieces.join('') + withoutEscapes(text.slice(from));
}

export const hasEscape = (text: string) => text.search(escaped) >= 0;

function withoutEscapes(text: string): string {
  return text.replaceAll(escaped, '{{$1}}');
}
