import type { App } from '../../../../domain/app.ts';
import { ModalError } from '../../../../domain/errors.ts';
import type { AppVersion, Redeployed } from '../../../../domain/lifecycle.ts';
import type { Text } from '../../../../shared/text.ts';
import { lines, plain, text } from '../../../../shared/text.ts';
import { plural, pluralOf } from '../../../../shared/format.ts';
import { replaceContainers } from '../../../../modal/replaceContainers.ts';
import type { ControlPlane } from '../../../../modal/controlPlane.ts';
import { withSignal } from '../../../../editor/withSignal.ts';
import type { AppsNeeds } from '../needs.ts';
import { appFacts } from './appFacts.ts';
import { gpuLines } from '../costWords.ts';
import { versionPhrase } from './versionWords.ts';
import { showInformation, showWarning } from '../../../../editor/shown/messages.ts';

/** Serves an older version again, after one question that names everything that changes. */
export async function rollBack(
  services: AppsNeeds,
  app: App,
  target: AppVersion,
  live: AppVersion | undefined,
): Promise<void> {
  refuseImpossible(app, target);
  const facts = await appFacts(services, app);
  const now = Date.now();
  const strategy = await askStrategy(
    text`Roll back ${app.name} in ${app.environment} to v${target.number}?`,
    [
      text`From: ${live ? versionPhrase(live, now) : text`the live version`}`,
      text`To: ${versionPhrase(target, now)}`,
      ...gpuLines(facts.functions, facts.rates),
      text`GPU of the current version; v${target.number} may use a different one.`,
      containerLine(app),
    ],
    text`Roll Back`,
    app.runningContainers !== 0,
  );
  if (!strategy) return;
  await redeploy(services, app, strategy, {
    title: text`Rolling ${app.name} back to v${target.number}…`,
    run: (plane) => plane.rollback(app.id, target.number),
    done: text`Rolled ${app.name} back to v${target.number}.`,
  });
}

/** Gives an app new containers of the same code. */
export async function rollOver(services: AppsNeeds, app: App): Promise<void> {
  refuseUndeployed(app);
  const facts = await appFacts(services, app);
  const strategy = await askStrategy(
    text`Restart the containers of ${app.name} in ${app.environment} with the same version?`,
    [
      text`Starts new containers with the same code and current secrets, for example after you changed a secret.`,
      ...gpuLines(facts.functions, facts.rates),
      containerLine(app),
    ],
    text`Restart`,
    app.runningContainers !== 0,
  );
  if (!strategy) return;
  await redeploy(services, app, strategy, {
    title: text`Restarting the containers of ${app.name}…`,
    run: (plane) => plane.rollover(app.id),
    done: text`Restarted ${app.name} with the same code.`,
  });
}

type Strategy = 'rolling' | 'recreate';

async function askStrategy(
  question: Text,
  facts: readonly string[],
  verb: Text,
  hasContainers: boolean,
): Promise<Strategy | undefined> {
  const replace = text`${verb} and Stop Old Containers`;
  const chosen = await showWarning(
    question,
    { modal: true, detail: lines(facts) },
    verb,
    ...(hasContainers ? [replace] : []),
  );
  if (chosen === verb) return 'rolling';
  return chosen === replace ? 'recreate' : undefined;
}

/** What happens to what runs, for both buttons. */
function containerLine({ runningContainers }: App): string {
  if (runningContainers === 0) return text`No containers are running.`;
  return runningContainers === 1
    ? text`1 running container finishes its inputs and is then replaced. If you stop it, those inputs run again in a new container.`
    : text`${pluralOf(runningContainers, 'running container')} finish their inputs and are then replaced. If you stop them, those inputs run again in new containers.`;
}

interface Redeploy {
  readonly title: Text;
  readonly run: (plane: ControlPlane) => Promise<Redeployed>;
  readonly done: Text;
}

async function redeploy(
  { planes, store }: AppsNeeds,
  app: App,
  strategy: Strategy,
  { title, run, done }: Redeploy,
): Promise<void> {
  try {
    // Making a version cannot be taken back half-way; only the wait for old containers can be cancelled.
    const message = await withSignal(title, async (signal) => {
      const plane = await planes.get(signal);
      const { deployedAt, warnings } = await run(plane);
      const sentences = [done, ...warnings];
      if (strategy === 'recreate') {
        const { id: appId, environment } = app;
        const stopped = await replaceContainers(plane, { appId, environment, deployedAt }, signal);
        if (stopped > 0) sentences.push(text`${plural(stopped, 'old container')} stopped.`);
      }
      return plain(sentences.join(' '));
    });
    void showInformation(message);
  } finally {
    store.forgetDetails(app.id);
    await store.refresh();
  }
}

function refuseImpossible(app: App, target: AppVersion): void {
  refuseUndeployed(app);
  if (target.live) throw new ModalError('invalid', `v${target.number} is already live.`);
  if (target.rollbackAllowed !== false) return; // where it is not known, Modal says so itself
  const next =
    target.kind === 'staged'
      ? text`It was staged but never live.`
      : text`Its image or files may have been deleted, or your plan keeps fewer versions.`;
  throw new ModalError(
    'invalid',
    `Can't roll back to v${target.number}. ${next} Deploy that code again instead.`,
  );
}

function refuseUndeployed(app: App): void {
  if (app.state !== 'deployed') {
    throw new ModalError('invalid', `${app.name} isn't deployed. Deploy it first.`);
  }
}
