import * as vscode from 'vscode';
import { commands } from '../../../contributions.ts';
import { isCancelled } from '../../../domain/errors.ts';
import type { Text } from '../../../shared/text.ts';
import { commandLink, text } from '../../../shared/text.ts';
import type { SignedIn } from '../../../modal/signIn.ts';
import { signInByCli } from '../../../modal/signIn.ts';
import type { SignInNews } from '../../../modal/signInOutput.ts';
import { externalAddress, openAddress } from '../../../editor/openAddress.ts';
import { findCli } from './findCli.ts';
import type { AccountNeeds } from './needs.ts';
import { runInTerminal } from '../../../editor/terminal.ts';
import type { AccountWish } from './askForAccount.ts';
import { askForAccount } from './askForAccount.ts';
import { showInformation, showStatus, showWarning, withProgress } from '../../../editor/shown/messages.ts';

/** Of the link in the progress message, which is the only place that runs it. */
const copyAddress = '_modalGpu.copySignInAddress';

/** Signs in through the CLI in the background: the editor opens the page and says how far it is. */
export class SignInFlow {
  readonly #services: AccountNeeds;
  #running: { page: string } | undefined;

  constructor(services: AccountNeeds) {
    this.#services = services;
  }

  /** @param another the user wants a further account, not the one that is set up */
  async run(another: boolean): Promise<void> {
    // Somebody who asks again has lost the page, so it is shown again.
    if (this.#isRunning()) return this.#open();
    const { config, store } = this.#services;
    const known = config.get('profile');
    const wish: AccountWish | undefined =
      another || store.state.connection === 'ready'
        ? await askForAccount()
        : { profile: known, here: known !== '' };
    if (!wish || this.#isRunning()) return;
    try {
      await this.#finish(await this.#signIn(wish), wish);
    } catch (error) {
      this.#failed(error);
    }
  }

  #isRunning(): boolean {
    return this.#running !== undefined;
  }

  #signIn(wish: AccountWish): Thenable<SignedIn> {
    const { cli, logger } = this.#services;
    const running = (this.#running = { page: '' }); // until the CLI names it
    const abort = new AbortController();
    const copying = vscode.commands.registerCommand(copyAddress, () => this.#copy());
    const end = () => {
      if (this.#running === running) this.#running = undefined;
      copying.dispose();
    };
    return withProgress(
      { location: vscode.ProgressLocation.Notification, title: text`Signing in to Modal`, cancellable: true },
      async (progress, token) => {
        token.onCancellationRequested(() => {
          abort.abort();
          end(); // the user may begin anew while the CLI's processes end
        });
        progress.report({ message: text`starting the Modal CLI…` });
        try {
          return await signInByCli(await cli.find(abort.signal), {
            env: await this.#services.planes.environment(),
            logger,
            profile: wish.profile,
            activate: !wish.here,
            ...(wish.profile ? { serverUrl: await this.#ownServer() } : {}),
            signal: abort.signal,
            onNews: (news) => this.#tell(running, news, (message) => progress.report({ message })),
          });
        } finally {
          end();
        }
      },
    );
  }

  /** A profile that is still to be made is on the server of the one in use. */
  async #ownServer(): Promise<string> {
    try {
      const { serverUrl, sources } = await this.#services.planes.connection();
      return sources.server === 'default' ? '' : serverUrl;
    } catch {
      return '';
    }
  }

  #tell(running: { page: string }, news: SignInNews, report: (message: Text) => void): void {
    const open = commandLink(text`Open Again`, commands.signIn);
    const copy = commandLink(text`Copy Address`, copyAddress);
    switch (news.kind) {
      case 'address':
        running.page = news.url;
        report(text`confirm in your browser. ${open} · ${copy}`);
        void this.#open().catch((error: unknown) => this.#failed(error));
        return;
      case 'code':
        report(text`confirm in your browser and enter the code ${news.code}. ${open} · ${copy}`);
        return;
      case 'approved':
        report(text`confirmed; the Modal CLI is saving the token…`);
        return;
      default:
    }
  }

  async #open(): Promise<void> {
    if (!this.#running?.page) return;
    await openAddress(this.#running.page);
  }

  async #copy(): Promise<void> {
    if (!this.#running?.page) return;
    // As `openExternal` opens it: Modal's own address stays as it is, a local one becomes reachable for the user.
    await vscode.env.clipboard.writeText(await externalAddress(this.#running.page));
    showStatus('check', text`Sign-in address copied`, 4000);
  }

  async #finish(signedIn: SignedIn, wish: AccountWish): Promise<void> {
    const { config, planes, store } = this.#services;
    if (wish.here) await config.choose('profile', signedIn.profile);
    // A profile set for this workspace before would hide the one that is active everywhere now.
    else if (config.get('profile') !== signedIn.profile) await config.choose('profile', '');
    planes.suspect();
    await store.refresh();
    void this.#announce(signedIn);
  }

  async #announce({ profile, file, workspace }: SignedIn): Promise<void> {
    const { config, planes } = this.#services;
    const connection = await planes.connection().catch(() => undefined);
    const done = text`Signed in to ${workspace || profile}. The token is in ${file}, profile ${profile}.`;
    const names = connection?.overriding.join(', ') ?? '';
    if (!names) {
      void showInformation(done);
      return;
    }
    const useHere = text`Use This Profile`;
    const trap = text`However, ${names} is set and overrides this profile.`;
    const chosen = await showWarning(text`${done} ${trap}`, useHere);
    if (chosen === useHere) await config.choose('profile', profile);
  }

  #failed(error: unknown): void {
    if (isCancelled(error)) {
      showStatus('circle-slash', text`Sign-in cancelled`, 5000);
      return;
    }
    this.#services.presenter.failure('Sign In', error, [
      { title: text`Sign In in a Terminal`, run: () => this.#inTerminal() },
    ]);
  }

  /** The CLI's own flow where the user sees it: also works where a page cannot be opened from here. */
  async #inTerminal(): Promise<void> {
    const { planes, store } = this.#services;
    const { command, args } = await findCli(this.#services);
    planes.suspect();
    runInTerminal(text`Modal Sign-In`, [command, ...args, 'token', 'new'], {
      env: await planes.proxyVariables(),
    });
    const subscription = vscode.window.onDidCloseTerminal(() => {
      subscription.dispose();
      void store.refresh();
    });
  }
}
