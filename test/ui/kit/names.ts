/** Text of a title as a part of a regular expression. */
function literal(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** A row by its label: the spoken sentence begins with the label and goes on after a comma. */
export function labelOf(name: string | RegExp): RegExp {
  return typeof name === 'string' ? new RegExp(`^${literal(name)}(?:,|$)`) : name;
}

/** A command by title or "Category: Title", with or without its ellipsis; the palette adds remarks after a comma. */
export function commandOf(title: string): RegExp {
  return new RegExp(`^(?:[^,]+: )?${literal(title.replace(/…$/, ''))}…?(?:,|$)`, 'i');
}
