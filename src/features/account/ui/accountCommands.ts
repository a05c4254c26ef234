import { access } from 'node:fs/promises';
import * as vscode from 'vscode';
import { commands } from '../../../contributions.ts';
import { ModalError } from '../../../domain/errors.ts';
import type { CommandsOf } from '../../../editor/command.ts';
import type { AccountNeeds } from './needs.ts';

type SignInFlow = import('../lazy.ts').SignInFlow;

const load = () => import('../lazy.ts');

/** The account that is used, and how the user comes to have one. */
export function accountCommands(
  needs: AccountNeeds,
): CommandsOf<
  'signIn' | 'installCli' | 'openProfileFile' | 'switchAccount' | 'switchProfile' | 'switchEnvironment'
> {
  let flow: SignInFlow | undefined;
  return {
    [commands.signIn]: async (target) => {
      const { SignInFlow } = await load();
      flow ??= new SignInFlow(needs); // one, because it knows of the sign-in that runs
      await flow.run(target?.kind === 'anotherAccount');
    },
    [commands.installCli]: async () => (await load()).installCli(needs),
    [commands.openProfileFile]: () => openProfileFile(needs.planes.configPath),
    [commands.switchAccount]: async () => (await load()).switchAccount(needs),
    [commands.switchProfile]: async () => (await load()).switchProfile(needs),
    [commands.switchEnvironment]: async () => (await load()).switchEnvironment(needs),
  };
}

async function openProfileFile(file: string): Promise<void> {
  await access(file).catch((error: unknown) => {
    throw new ModalError('signedOut', `No profile file exists at ${file} yet. Sign in to create it.`, {
      cause: error,
    });
  });
  await vscode.window.showTextDocument(vscode.Uri.file(file));
}
