import * as vscode from 'vscode';
import type { App } from '../../domain/app.ts';
import { ModalError } from '../../domain/errors.ts';
import type { AppVersion, Redeployed } from '../../domain/lifecycle.ts';
import { plural, pluralOf } from '../../domain/words.ts';
import { replaceContainers } from '../../modal/replaceContainers.ts';
import type { ControlPlane } from '../../modal/controlPlane.ts';
import { withSignal } from '../withSignal.ts';
import type { Services } from '../commands/services.ts';
import { appFacts } from './appFacts.ts';
import { gpuLines } from './costWords.ts';
import { versionPhrase } from './versionWords.ts';

/** Serves an older version again, after one question that names everything that changes. */
export async function rollBack(
  services: Services,
  app: App,
  target: AppVersion,
  live: AppVersion | undefined,
): Promise<void> {
  const { t } = vscode.l10n;
  refuseImpossible(app, target);
  const facts = await appFacts(services, app);
  const now = Date.now();
  const strategy = await askStrategy(
    t('Roll back {0} in {1} to v{2}?', app.name, app.environment, target.number),
    [
      t('From: {0}', live ? versionPhrase(live, now) : t('the live version')),
      t('To: {0}', versionPhrase(target, now)),
      ...gpuLines(facts.functions, facts.rates),
      t('GPU as the live version asks for it; v{0} may ask for another.', target.number),
      containerLine(app),
    ],
    t('Roll Back'),
    app.runningContainers !== 0,
  );
  if (!strategy) return;
  await redeploy(services, app, strategy, {
    title: t('Rolling {0} back to v{1}…', app.name, target.number),
    run: (plane) => plane.rollback(app.id, target.number),
    done: t('{0} serves v{1} again, as a new version.', app.name, target.number),
  });
}

/** Gives an app new containers of the same code. */
export async function rollOver(services: Services, app: App): Promise<void> {
  const { t } = vscode.l10n;
  refuseUndeployed(app);
  const facts = await appFacts(services, app);
  const strategy = await askStrategy(
    t('Roll over {0} in {1}?', app.name, app.environment),
    [
      t('New containers run the same code and read secrets anew, e.g. after a secret got a new value.'),
      ...gpuLines(facts.functions, facts.rates),
      containerLine(app),
    ],
    t('Roll Over'),
    app.runningContainers !== 0,
  );
  if (!strategy) return;
  await redeploy(services, app, strategy, {
    title: t('Rolling {0} over…', app.name),
    run: (plane) => plane.rollover(app.id),
    done: t('{0} has a new version of the same code.', app.name),
  });
}

type Strategy = 'rolling' | 'recreate';

async function askStrategy(
  question: string,
  lines: readonly string[],
  verb: string,
  hasContainers: boolean,
): Promise<Strategy | undefined> {
  const replace = vscode.l10n.t('{0} and Stop Old Containers', verb);
  const chosen = await vscode.window.showWarningMessage(
    question,
    { modal: true, detail: lines.join('\n') },
    verb,
    ...(hasContainers ? [replace] : []),
  );
  if (chosen === verb) return 'rolling';
  return chosen === replace ? 'recreate' : undefined;
}

/** What happens to what runs, for both buttons. */
function containerLine({ runningContainers }: App): string {
  const { t } = vscode.l10n;
  if (runningContainers === 0) return t('No container is running.');
  return t(
    '{0}: finish what they do and are then replaced. When you stop them, their inputs run again in new containers.',
    pluralOf(runningContainers, 'running container'),
  );
}

interface Redeploy {
  readonly title: string;
  readonly run: (plane: ControlPlane) => Promise<Redeployed>;
  readonly done: string;
}

async function redeploy(
  { planes, store }: Services,
  app: App,
  strategy: Strategy,
  { title, run, done }: Redeploy,
): Promise<void> {
  const { t } = vscode.l10n;
  try {
    // Making a version cannot be taken back half-way; only the wait for old containers can be cancelled.
    const message = await withSignal(title, async (signal) => {
      const plane = await planes.get(signal);
      const { deployedAt, warnings } = await run(plane);
      const sentences = [done, ...warnings];
      if (strategy === 'recreate') {
        const { id: appId, environment } = app;
        const stopped = await replaceContainers(plane, { appId, environment, deployedAt }, signal);
        if (stopped > 0) sentences.push(t('{0} stopped.', plural(stopped, 'old container')));
      }
      return sentences.join(' ');
    });
    void vscode.window.showInformationMessage(message);
  } finally {
    store.forgetDetails(app.id);
    await store.refresh();
  }
}

function refuseImpossible(app: App, target: AppVersion): void {
  const { t } = vscode.l10n;
  refuseUndeployed(app);
  if (target.live) throw new ModalError('invalid', t('v{0} is live already.', target.number));
  if (target.rollbackAllowed) return;
  const next =
    target.kind === 'staged'
      ? t('It is staged and was never live.')
      : t('Its image or files may be gone, or the plan keeps fewer versions.');
  throw new ModalError(
    'invalid',
    t('Modal does not allow a rollback to v{0}. {1} Deploy that code again instead.', target.number, next),
  );
}

function refuseUndeployed(app: App): void {
  if (app.state !== 'deployed') {
    throw new ModalError(
      'invalid',
      vscode.l10n.t('{0} is not deployed, so it has no other version to serve.', app.name),
    );
  }
}
