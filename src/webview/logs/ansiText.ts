import Anser from 'anser';
import { html } from 'lit';
import type { TemplateResult } from 'lit';
import { drawableAnsi, visibleText } from '../../domain/ansi.ts';

/** A log line as text nodes in the theme's terminal colours. Nothing of it is ever taken for HTML. */
export function ansiText(text: string): TemplateResult | string {
  const safe = visibleText(drawableAnsi(text));
  if (!safe.includes('\u001b')) return safe;
  const parts = Anser.ansiToJson(safe, { use_classes: true, remove_empty: true });
  return html`${parts.map((part) => html`<span class=${classesOf(part.fg, part.decorations)}>${part.content}</span>`)}`;
}

function classesOf(foreground: string, decorations: readonly string[]): string {
  return [foreground ? `${foreground}-fg` : '', ...decorations.map((name) => `ansi-${name}`)]
    .filter(Boolean)
    .join(' ');
}
