/**
 * The few parts of the editor that code of `src/ui` needs to run in plain Node:
 * `vi.mock('vscode', () => import('../support/editor.ts'))`.
 */

/** Texts that went through the editor's translation, as they stand in the code. */
export const translated = new Set<string>();

export const l10n = {
  t: (text: string, ...values: readonly unknown[]): string => {
    translated.add(text);
    return text.replaceAll(/\{(\d+)\}/g, (_, at: string) => String(values[Number(at)]));
  },
};
