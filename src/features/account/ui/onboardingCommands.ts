import { access } from 'node:fs/promises';
import * as vscode from 'vscode';
import { commands } from '../../../contributions.ts';
import { ModalError } from '../../../domain/errors.ts';
import type { CommandTable } from '../../../commands/command.ts';
import type { Services } from '../../../commands/services.ts';
import type { SignInFlow } from './signInFlow.ts';

const load = () => import('./gettingReady.ts');

export function onboardingCommands(
  services: Services,
): Pick<CommandTable, typeof commands.signIn | typeof commands.installCli | typeof commands.openProfileFile> {
  let flow: SignInFlow | undefined;
  return {
    [commands.signIn]: {
      doing: 'Sign in',
      run: async (argument) => {
        const { SignInFlow } = await load();
        flow ??= new SignInFlow(services); // one, because it knows of the sign-in that runs
        await flow.run(argument === 'another');
      },
    },
    [commands.installCli]: {
      doing: 'Install Modal CLI',
      run: async () => (await load()).installCli(services),
    },
    [commands.openProfileFile]: {
      doing: 'Open profile file',
      run: () => openProfileFile(services.planes.configPath),
    },
  };
}

async function openProfileFile(file: string): Promise<void> {
  await access(file).catch((error: unknown) => {
    throw new ModalError('signedOut', `There is no profile file at ${file} yet. Signing in makes it.`, {
      cause: error,
    });
  });
  await vscode.window.showTextDocument(vscode.Uri.file(file));
}
