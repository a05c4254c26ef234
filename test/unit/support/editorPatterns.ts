/**
 * What VS Code draws from a string, copied from its own code; `test/ui/hostileTexts.test.ts` compares the two.
 */

/** Of notifications, progress messages, and prompts and problems of input boxes. */
export const linkPattern = String.raw`\[([^\]]+)\]\(((?:https?:\/\/|command:|file:)[^\)\s]+)(?: (["'])(.+?)(\3))?\)`;

export const iconName = '[A-Za-z0-9-]+';
export const iconModifier = '~[A-Za-z]+';
/** Of prompts, list items, lenses, the status bar and the tabs of terminals; with a backslash it stays words. */
export const iconPattern = String.raw`(\\)?\$\((${iconName}(?:${iconModifier})?)\)`;

export interface EditorLink {
  readonly label: string;
  readonly href: string;
}

export function linksIn(shown: string): EditorLink[] {
  return Array.from(shown.matchAll(new RegExp(linkPattern, 'gi')), ([, label = '', href = '']) => ({
    label,
    href,
  }));
}

export function iconsIn(shown: string): string[] {
  return Array.from(shown.matchAll(new RegExp(iconPattern, 'g'))).flatMap(([, escaped, name = '']) =>
    escaped ? [] : name,
  );
}
