import * as vscode from 'vscode';
import { commands, contextKeys } from './contributions.ts';
import { Deployer } from './deploy/deployer.ts';
import type { Disposable } from './domain/emitter.ts';
import { DisposableStore } from './domain/emitter.ts';
import { ControlPlanes } from './modal/planes.ts';
import { watchActiveScript } from './platform/activeScript.ts';
import { Config } from './platform/config.ts';
import { ContextKeys } from './platform/contextKeys.ts';
import { EndpointKeys } from './platform/endpointKeys.ts';
import { ChannelLogger } from './platform/logger.ts';
import { Presenter } from './platform/present.ts';
import { RequestSender } from './requests/send.ts';
import { AppStore } from './store/appStore.ts';
import { CatalogStore } from './store/catalogStore.ts';
import { registerCommands } from './ui/commands/command.ts';
import { commandTable } from './ui/commands/commandTable.ts';
import type { Services } from './ui/commands/services.ts';
import { DeployFlow } from './ui/deploy/deployFlow.ts';
import { DeployProblems } from './ui/deploy/deployProblems.ts';
import { DeployTracker } from './ui/deploy/deployTracker.ts';
import { LogsController } from './ui/logs/logsController.ts';
import { CliFinder } from './ui/onboarding/cliFinder.ts';
import { watchProfileFile } from './ui/onboarding/watchProfileFile.ts';
import { RequestsController } from './ui/requests/requestsController.ts';
import { StatusItem } from './ui/status/statusItem.ts';
import { AppsView } from './ui/trees/appsView.ts';
import { CatalogueView } from './ui/trees/catalogueView.ts';

/** Builds every object in order and connects them. Starts nothing: the first view or command does the first work. */
export function compose(context: vscode.ExtensionContext): Disposable {
  const disposables = new DisposableStore();
  const logger = disposables.add(new ChannelLogger());
  const contextKeySetter = new ContextKeys();
  const config = disposables.add(new Config(logger, context.workspaceState));
  const presenter = new Presenter(logger);
  const keys = new EndpointKeys(context.secrets);
  const cli = disposables.add(new CliFinder(config, contextKeySetter));
  const planes = disposables.add(
    new ControlPlanes({ env: process.env, logger, profile: () => config.get('profile') }),
  );
  const store = disposables.add(new AppStore(planes, context.globalState, logger));
  const catalog = new CatalogStore(context.asAbsolutePath('modal_apps'), logger);
  const deploys = disposables.add(new DeployTracker());
  const appsView = disposables.add(new AppsView(store, config, contextKeySetter));
  const catalogueView = disposables.add(new CatalogueView(catalog, store, planes, deploys, logger));
  const logs = disposables.add(new LogsController(context.extensionUri, planes, logger));
  const sender = new RequestSender({
    logger,
    resolveSecret: (reference) => keys.get(reference),
    timeoutSeconds: () => config.get('requests.timeoutSeconds'),
  });
  const requests = disposables.add(
    new RequestsController(context.extensionUri, sender, keys, logger, {
      showLogs: (target) => {
        logs.follow(target);
        void logs.show();
      },
      deploy: () => void vscode.commands.executeCommand(commands.deploy),
    }),
  );
  const services: Services = {
    logger,
    output: logger,
    config,
    presenter,
    planes,
    cli,
    keys,
    store,
    catalog,
    deployer: new Deployer(logger),
    deploys,
    appsView,
    catalogueView,
    logs,
    requests,
  };
  const problems = disposables.add(new DeployProblems());
  disposables.add(
    registerCommands(commandTable(services, new DeployFlow(services, problems)), presenter, logger),
  );
  disposables.add(
    deploys.onDidChange(() => contextKeySetter.set(contextKeys.deploying, deploys.all.length > 0)),
  );
  disposables.add(planes.onDidChange(() => void store.refresh()));
  disposables.add(config.onDidChange(['profile'], () => void store.refresh()));
  disposables.add(new StatusItem(store, planes, config));
  disposables.add(watchProfileFile(appsView, planes, store));
  disposables.add(watchActiveScript(contextKeySetter));
  return disposables;
}
