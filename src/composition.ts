import * as vscode from 'vscode';
import { commands, contextKeys, views } from './contributions.ts';
import { DeployJournal } from './features/deploy/core/index.ts';
import type { Disposable } from './shared/emitter.ts';
import { DisposableStore } from './shared/emitter.ts';
import { ControlPlanes } from './modal/planes.ts';
import { watchActiveScript } from './editor/activeScript.ts';
import { AsideNotice } from './editor/asideNotice.ts';
import { Config } from './editor/config.ts';
import { ContextKeys } from './editor/contextKeys.ts';
import { EndpointKeys } from './editor/endpointKeys.ts';
import { ChannelLogger } from './editor/logger.ts';
import { Presenter } from './editor/present.ts';
import { WorkspaceStorage } from './editor/workspaceStorage.ts';
import { RequestSender, secretNames } from './features/requests/core/index.ts';
import { RecordedSender } from './features/savedRequests/core/index.ts';
import { AppStore } from './store/appStore.ts';
import { CatalogStore } from './store/catalogStore.ts';
import { CurrentRates } from './store/rates.ts';
import { findEndpoint } from './store/findEndpoint.ts';
import { noticeReturn } from './store/noticeReturn.ts';
import { targetReader } from './commands/readTarget.ts';
import { commandTitles, registerCommands, runCommand } from './editor/command.ts';
import {
  DeployedApps,
  isLiveRun,
  lookAtOtherWindows,
  ScriptCodeLenses,
  ScriptFinder,
  ScriptReader,
  ScriptRuns,
  ScriptsView,
  ScriptTasks,
  sourceFiles,
  sourceFolders,
} from './features/workspace/index.ts';
import { codeOf } from './domain/target.ts';
import { commandTable } from './commands/commandTable.ts';
import { AppsView, ArrangementStore, LifecycleRows, openDashboard } from './features/apps/index.ts';
import type { Services } from './commands/services.ts';
import { DeployProblems, DeployTracker, watchOtherWindows } from './features/deploy/index.ts';
import { DoctorStarter } from './features/doctor/index.ts';
import { LogsController } from './features/logs/index.ts';
import { CliFinder, StatusItem, watchProfileFile } from './features/account/index.ts';
import { EndpointDrop, RequestsController, wakeCost } from './features/requests/index.ts';
import type { RequestActions } from './features/requests/index.ts';
import { HttpLanguage, RequestMemory } from './features/savedRequests/index.ts';
import { CallRegistry } from './store/callRegistry.ts';
import { CatalogueView } from './features/catalogue/index.ts';

/** Builds every object in order and connects them. Starts nothing: the first view or command does the first work. */
export function compose(context: vscode.ExtensionContext): Disposable {
  const disposables = new DisposableStore();
  const logger = disposables.add(new ChannelLogger());
  const contextKeySetter = new ContextKeys();
  const config = disposables.add(new Config(logger, context.workspaceState));
  const presenter = new Presenter(logger);
  const cli = disposables.add(new CliFinder(config, contextKeySetter));
  const planes = disposables.add(
    new ControlPlanes({
      env: process.env,
      logger,
      profile: () => config.get('profile'),
      network: () => config.network(),
    }),
  );
  const catalog = new CatalogStore(context.asAbsolutePath('modal_apps'), logger);
  const keys = new EndpointKeys(context.secrets, {
    account: () => planes.account(),
    secretNames: async () => secretNames(await catalog.apps()),
  });
  const storage = new WorkspaceStorage(context);
  const asideNotice = new AsideNotice(logger);
  const onAside = (kept: string) => asideNotice.tell(kept);
  const store = disposables.add(new AppStore(planes, context.globalState, logger));
  const rates = new CurrentRates(planes, logger);
  disposables.add(
    store.onDidChange(({ connection }) => {
      if (connection === 'ready') void rates.readOnce();
    }),
  );
  const deploys = disposables.add(new DeployTracker());
  const lifecycle = disposables.add(new LifecycleRows(planes, store));
  const arrangement = disposables.add(new ArrangementStore(context.workspaceState));
  const appsView = disposables.add(
    new AppsView({
      store,
      config,
      contextKeys: contextKeySetter,
      arrangement,
      lifecycle,
      rates: () => rates.current,
      bundled: () => catalog.apps(),
      saved: () => requestMemory.saved(),
      onDidChangeSaved: (changed) => requestMemory.onDidChangeSaved(changed),
      logger,
      drop: new EndpointDrop((row, uris) => {
        const onto = appsView.target(row);
        void runCommand(commands.sendFile, {
          kind: 'files',
          uris: uris.map(String),
          ...(onto ? { onto } : {}),
        });
      }),
      profileEnvironment: async () => (await planes.connection()).environment,
    }),
  );
  const catalogueView = disposables.add(new CatalogueView(catalog, store, rates, deploys));
  const calls = new CallRegistry();
  const logs = disposables.add(
    new LogsController(context.extensionUri, planes, logger, {
      calls,
      memory: context.globalState,
      functionsOf: async (appId) =>
        (store.state.snapshot.details.get(appId) ?? (await (await planes.get()).describeApp(appId)))
          .functions,
      sourceFolders: (appName) => sourceFolders(appName, catalog, scriptFinder),
    }),
  );
  const sender = new RequestSender({
    logger,
    resolveSecret: (reference) => keys.get(reference),
    timeoutSeconds: () => config.get('requests.timeoutSeconds'),
    network: () => config.network(),
  });
  const requestMemory = disposables.add(
    new RequestMemory({
      storage: (folder) => storage.folder(folder),
      state: context.workspaceState,
      store,
      catalog,
      rates: () => rates.current,
      requests: () => requests,
      presenter,
      logger,
    }),
  );
  disposables.add(new HttpLanguage(requestMemory, logger));
  const requestActions: RequestActions = {
    showLogs: (target) => {
      logs.follow(target);
      void logs.show();
    },
    deploy: (app) => void runCommand(commands.deploy, codeOf(app)),
    loadTest: (endpoint, spec) => void runCommand(commands.loadTest, { kind: 'request', endpoint, spec }),
    openDashboard: (appId) =>
      void openDashboard(planes, appId).catch((error: unknown) =>
        presenter.failure('Open in Modal Dashboard', error),
      ),
    calls,
    copyAs: async (spec) => (await requestMemory.load()).copyAs(spec),
    save: async (spec, title) => (await requestMemory.load()).save(spec, title),
  };
  const requests: RequestsController = disposables.add(
    new RequestsController(
      {
        extensionUri: context.extensionUri,
        storage: (folder) => storage.folder(folder),
        sender: new RecordedSender(sender, (sent) => requestMemory.record(sent)),
        keys,
        secrets: context.secrets,
        logger,
        onAside,
        facts: { plane: (signal) => planes.get(signal), rates: () => rates.current },
        bundled: () => catalog.apps(),
        known: (url) => findEndpoint(url, store.state.snapshot),
        wakes: (target) => wakeCost(target, store.state.snapshot, rates.current),
      },
      requestActions,
    ),
  );
  const scriptReader = disposables.add(
    new ScriptReader(vscode.Uri.joinPath(context.extensionUri, 'dist', 'scriptParser.js').fsPath),
  );
  const scriptFinder = disposables.add(new ScriptFinder(scriptReader, config, logger));
  const scriptRuns = disposables.add(new ScriptRuns());
  const scriptsView = disposables.add(
    new ScriptsView({
      finder: scriptFinder,
      runs: scriptRuns,
      store,
      deploys,
      contextKeys: contextKeySetter,
      rates: () => rates.current,
    }),
  );
  disposables.add(new ScriptCodeLenses(scriptReader, scriptRuns, config, new DeployedApps(store)));
  const doctor = disposables.add(
    new DoctorStarter({
      extensionUri: context.extensionUri,
      cli,
      config,
      planes,
      store,
      rates: () => rates.current,
      logger,
    }),
  );
  disposables.add(new ScriptTasks(scriptFinder, scriptReader, cli, config, planes));
  const services: Services = {
    extensionUri: context.extensionUri,
    logger,
    output: logger,
    config,
    presenter,
    planes,
    cli,
    keys,
    store,
    catalog,
    rates,
    sender,
    memory: context.workspaceState,
    journal: new DeployJournal(() => storage.folder('deploys'), context.workspaceState, Date.now, onAside),
    problems: disposables.add(new DeployProblems()),
    deploys,
    arrangement,
    appsView,
    lifecycle,
    sourceFiles: (appName) => sourceFiles(appName, scriptFinder),
    logs,
    requests,
    requestMemory,
    saved: {
      openFromFile: async (saved) => (await requestMemory.load()).openFromFile(saved),
      sendFromFile: async (saved) => (await requestMemory.load()).sendFromFile(saved),
    },
    deployViews: {
      bundled: { id: views.catalogue, view: catalogueView.view },
      script: { id: views.scripts, view: scriptsView.view },
    },
    scriptFinder,
    scriptReader,
    scriptRuns,
    scriptsView,
    doctor,
  };
  disposables.add(
    registerCommands(commandTable(services), {
      read: targetReader([appsView, catalogueView, scriptsView], () => store.state.snapshot.apps),
      title: commandTitles(context.extension.packageJSON),
      presenter,
      logger,
    }),
  );
  disposables.add(
    scriptRuns.onDidChange(() => contextKeySetter.set(contextKeys.running, scriptRuns.all.some(isLiveRun))),
  );
  const seen = [catalogueView.view, scriptsView.view];
  disposables.add(watchOtherWindows(services, seen, () => lookAtOtherWindows(services)));
  disposables.add(
    deploys.onDidChange(() => contextKeySetter.set(contextKeys.deploying, deploys.all.length > 0)),
  );
  const reconnect = () => {
    store.reconnect();
    appsView.refreshIfVisible();
  };
  disposables.add(planes.onDidChange(reconnect));
  disposables.add(noticeReturn(store, planes));
  disposables.add(config.onDidChange(['profile'], reconnect));
  disposables.add(new StatusItem(store, planes, config));
  disposables.add(watchProfileFile(appsView, planes, store));
  disposables.add(watchActiveScript(contextKeySetter));
  return disposables;
}
