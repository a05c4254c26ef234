/** Text of a title as a part of a regular expression. */
function literal(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** The whole text and nothing else. */
export function exactly(text: string): RegExp {
  return new RegExp(`^${literal(text)}$`);
}

/** A command by title or "Category: Title", with or without its ellipsis; the palette adds remarks after a comma. */
export function commandOf(title: string): RegExp {
  return new RegExp(`^(?:[^,]+: )?${literal(title.replace(/…$/, ''))}…?(?:,|$)`, 'i');
}
