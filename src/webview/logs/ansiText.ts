import Anser from 'anser';
import { html } from 'lit';
import type { TemplateResult } from 'lit';

/** Control characters that would reorder or hide text; shown as marks instead. */

const invisible = /[\u0000-\u0008\u000b-\u001a\u001c-\u001f\u007f\u202a-\u202e\u2066-\u2069]/g;

/** A log line as text nodes in the theme's terminal colours. Nothing of it is ever taken for HTML. */
export function ansiText(text: string): TemplateResult | string {
  const safe = text.replace(
    invisible,
    (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
  if (!safe.includes('\u001b')) return safe;
  const parts = Anser.ansiToJson(safe, { use_classes: true, remove_empty: true });
  return html`${parts.map((part) => html`<span class=${classesOf(part.fg, part.decorations)}>${part.content}</span>`)}`;
}

function classesOf(foreground: string, decorations: readonly string[]): string {
  return [foreground ? `${foreground}-fg` : '', ...decorations.map((name) => `ansi-${name}`)]
    .filter(Boolean)
    .join(' ');
}
