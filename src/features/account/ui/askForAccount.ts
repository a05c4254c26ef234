import * as vscode from 'vscode';
import { text } from '../../../shared/text.ts';
import { pick } from '../../../editor/pick.ts';
import { showInput } from '../../../editor/shown/inputs.ts';

/** What the user wants a sign-in for. */
export interface AccountWish {
  /** Name of the profile to write; '' = the name of the workspace, as the CLI does it. */
  readonly profile: string;
  /** Only this workspace uses it; else it becomes the active profile, also for the terminal. */
  readonly here: boolean;
}

/** Asks under which name and for whom a further account is meant. @returns undefined when the user left */
export async function askForAccount(): Promise<AccountWish | undefined> {
  const title = text`Sign In to Another Account`;
  const here = await pick(text`${title} (1/2)`, text`Use this account for:`, [
    {
      label: text`This workspace`,
      detail: text`Other projects and the terminal keep the active profile`,
      iconPath: new vscode.ThemeIcon('folder'),
      value: true,
    },
    {
      label: text`Everything on this machine`,
      detail: text`Becomes the active profile, also for modal in the terminal`,
      iconPath: new vscode.ThemeIcon('home'),
      value: false,
    },
  ]);
  if (here === undefined) return undefined;
  const profile = await showInput({
    title: text`${title} (2/2)`,
    prompt: text`Profile name. Leave empty to use the name of the Modal workspace.`,
    placeHolder: text`Name of the Modal workspace`,
    ignoreFocusOut: true,
    validateInput: (name) =>
      /^[\w.-]*$/.test(name.trim()) ? undefined : text`Use letters, digits, dots, dashes and underscores.`,
  });
  return profile === undefined ? undefined : { profile: profile.trim(), here };
}
