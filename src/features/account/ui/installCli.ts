import path from 'node:path';
import * as vscode from 'vscode';
import { commands } from '../../../contributions.ts';
import type { ModalError } from '../../../domain/errors.ts';
import { toModalError } from '../../../domain/errors.ts';
import type { InstallOffer } from '../../../modal/installer.ts';
import { installOffers, upgradeOffer } from '../../../modal/installer.ts';
import type { ModalCli } from '../../../modal/cli.ts';
import { searchCli } from '../../../modal/interpreter.ts';
import { openAddress } from '../../../editor/openAddress.ts';
import { findCli } from './findCli.ts';
import type { AccountNeeds } from './needs.ts';
import { shellQuote } from '../../../modal/shell.ts';
import { plain, text } from '../../../shared/text.ts';
import { runInstall } from './runInstall.ts';
import { showInformation, showWarning } from '../../../editor/shown/messages.ts';
import type { PickItem } from '../../../editor/shown/inputs.ts';
import { showPick } from '../../../editor/shown/inputs.ts';

type Choice = InstallOffer | 'setting' | 'help';

const helpPage = 'https://modal.com/docs/guide';

/** Says which CLI is used; where there is none or an old one, installs it by a command that the user sees and chooses. */
export async function installCli(services: AccountNeeds): Promise<void> {
  try {
    await tellFound(services, await findCli(services));
  } catch (error) {
    const failure = toModalError(error);
    if (failure.kind !== 'cliMissing' && failure.kind !== 'cliUnsupported') throw failure;
    await offerInstall(services, failure);
  }
}

async function tellFound({ store }: AccountNeeds, { version, source, command }: ModalCli): Promise<void> {
  const signIn = text`Sign In`;
  const actions = store.state.connection === 'signedOut' ? [signIn] : [];
  const chosen = await showInformation(text`Using Modal CLI ${version} (${source}): ${command}`, ...actions);
  if (chosen === signIn) await vscode.commands.executeCommand(commands.signIn);
}

async function offerInstall(services: AccountNeeds, failure: ModalError): Promise<void> {
  services.logger.info(`${failure.message}\n${failure.detail ?? ''}`);
  const upgrade = failure.kind === 'cliUnsupported';
  const abort = new AbortController();
  try {
    const chosen = await showPick(choices(services, upgrade, abort.signal), {
      title: upgrade ? text`Upgrade the Modal CLI` : text`Install the Modal CLI`,
      placeHolder: upgrade
        ? text`${failure.message.split('. ')[0] ?? ''} Select how to upgrade it.`
        : text`No Modal CLI found. Select how to install it; the command runs in a terminal.`,
      matchOnDetail: true,
      ignoreFocusOut: true,
    });
    if (!chosen) return;
    await act(services, chosen.value);
  } finally {
    abort.abort();
  }
}

interface ChoiceItem extends PickItem {
  readonly value: Choice;
}

async function choices(
  { cli, planes }: AccountNeeds,
  upgrade: boolean,
  signal: AbortSignal,
): Promise<ChoiceItem[]> {
  const input = { ...(await cli.input()), proxied: await planes.isProxied() };
  const { tooOld } = upgrade ? await searchCli(input, signal) : {};
  const upgrading = tooOld ? await upgradeOffer(input, tooOld, signal) : undefined;
  const offers = [...(upgrading ? [upgrading] : []), ...(await installOffers(input, signal))];
  return [
    ...offers.map((offer, at) => ({
      label: plain(commandText(offer)),
      description: at === 0 ? text`recommended` : text``,
      detail: plain(offer.where),
      iconPath: new vscode.ThemeIcon('terminal'),
      value: offer,
    })),
    {
      label: text`Select Interpreter or Command…`,
      detail: text`Set modalGpu.cli.path to a Python interpreter that has modal, or to modal itself`,
      iconPath: new vscode.ThemeIcon('gear'),
      value: 'setting' as const,
    },
    {
      label: text`Open Modal's Guide`,
      detail: plain(helpPage),
      iconPath: new vscode.ThemeIcon('link-external'),
      value: 'help' as const,
    },
  ];
}

/** The commands as they will run, with programs by name: a full path would hide the rest. */
function commandText({ commands: list, cwd }: InstallOffer): string {
  const word = (text: string, at: number) => {
    if (at > 0 || !path.isAbsolute(text)) return shellQuote(text);
    const inside = path.relative(cwd, text);
    return shellQuote(inside.startsWith('..') ? path.basename(text) : inside);
  };
  return list.map((words) => words.map(word).join(' ')).join(' && ');
}

async function act(services: AccountNeeds, choice: Choice): Promise<void> {
  if (choice === 'setting') {
    await vscode.commands.executeCommand('workbench.action.openSettings', 'modalGpu.cli.path');
    return;
  }
  if (choice === 'help') {
    await openAddress(helpPage);
    return;
  }
  const exitCode = await runInstall(choice, await services.planes.proxyVariables());
  services.cli.forget();
  if (exitCode === undefined) return; // ended by the user
  if (exitCode === 0) return tellFound(services, await findCli(services));
  const again = text`Try Another Method`;
  const message = text`Installing modal failed with exit code ${exitCode}. See the terminal for details.`;
  if ((await showWarning(message, again)) === again) await installCli(services);
}
