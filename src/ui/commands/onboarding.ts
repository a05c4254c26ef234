import * as vscode from 'vscode';
import type { ModalError } from '../../domain/errors.ts';
import { toModalError } from '../../domain/errors.ts';
import type { Services } from './services.ts';
import { runInTerminal } from './terminal.ts';

/** Signs in through the CLI's own flow, in a terminal that the user sees; the token stays in the CLI's file. */
export async function signIn({ cli, store, planes }: Services): Promise<void> {
  const { command, args } = await cli.find();
  planes.suspect();
  runInTerminal(vscode.l10n.t('Modal Sign-In'), [command, ...args, 'token', 'new']);
  const subscription = vscode.window.onDidCloseTerminal(() => {
    subscription.dispose();
    void store.refresh();
  });
}

/** Says which CLI is used; where there is none, installs it in a terminal, with the user's confirmation. */
export async function installCli({ cli }: Services): Promise<void> {
  const { t } = vscode.l10n;
  try {
    const { version, source, command } = await cli.find();
    void vscode.window.showInformationMessage(
      t('Modal CLI {0} is used, from {1}: {2}', version, source, command),
    );
    return;
  } catch (error) {
    const failure = toModalError(error);
    if (failure.kind !== 'cliMissing' && failure.kind !== 'cliUnsupported') throw failure;
    await offerInstall(failure);
  }
}

async function offerInstall(failure: ModalError): Promise<void> {
  const { t } = vscode.l10n;
  const install = t('Install in a Terminal');
  const setting = t('Choose an Interpreter');
  const chosen = await vscode.window.showWarningMessage(failure.message, install, setting);
  if (chosen === setting) {
    await vscode.commands.executeCommand('workbench.action.openSettings', 'modalGpu.cli.path');
  }
  if (chosen === install) runInTerminal(t('Install Modal'), installWords());
}

/** The command that fits this machine; `--user` is refused inside a virtual environment, so it is not used. */
function installWords(): string[] {
  return process.platform === 'win32'
    ? ['py', '-m', 'pip', 'install', 'modal']
    : ['python3', '-m', 'pip', 'install', 'modal'];
}
