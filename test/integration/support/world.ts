import path from 'node:path';
import { Deployer } from '../../../src/features/deploy/core/deployer.ts';
import type { DeployResult, DeployServices } from '../../../src/features/deploy/core/deployRun.ts';
import { DeployRun } from '../../../src/features/deploy/core/deployRun.ts';
import type { DeployPlan } from '../../../src/features/deploy/core/plan.ts';
import { planDeploy } from '../../../src/features/deploy/core/planDeploy.ts';
import type { DeployStage } from '../../../src/features/deploy/core/stages.ts';
import type { KeepKey } from '../../../src/features/deploy/core/secret.ts';
import type { CatalogApp } from '../../../src/domain/catalog.ts';
import type { Logger } from '../../../src/shared/logger.ts';
import type { ModalCli } from '../../../src/modal/cli.ts';
import { cliEnvironment, runCli } from '../../../src/modal/cli.ts';
import type { ControlPlane } from '../../../src/modal/controlPlane.ts';
import { findCli } from '../../../src/modal/interpreter.ts';
import { ControlPlanes } from '../../../src/modal/planes.ts';
import type { Simulator } from '../../host/simulator.ts';
import { startSimulator } from '../../host/simulator.ts';

export interface DeployListener {
  readonly onLine?: (line: string, run: DeployRun) => void;
  readonly onStage?: (stage: DeployStage) => void;
}

export const fixture = (name: string) => path.resolve(import.meta.dirname, '../fixtures', name);

/** The real CLI and the real SDK, connected to a local Modal; everything that is logged is kept. */
export class TestWorld {
  readonly simulator: Simulator;
  readonly planes: ControlPlanes;
  readonly plane: ControlPlane;
  readonly cli: ModalCli;
  readonly env: NodeJS.ProcessEnv;
  readonly logged: string[];

  /**
   * @param extra variables for the deploys
   * @param containers variables for the containers
   */
  static async start(
    extra: Readonly<Record<string, string>> = {},
    containers: Readonly<Record<string, string>> = {},
  ): Promise<TestWorld> {
    const simulator = await startSimulator({
      ...containers,
      MODAL_SIMULATOR_CONTAINER_ENV: Object.keys(containers).join(),
    });
    const logged: string[] = [];
    const keep = (message: string, error?: unknown) => {
      logged.push(message, ...(error instanceof Error ? [error.stack ?? error.message] : []));
    };
    const logger: Logger = { trace: keep, debug: keep, info: keep, warn: keep, error: keep };
    const env = {
      HOME: process.env['HOME'],
      PATH: `${simulator.binDir}${path.delimiter}${process.env['PATH'] ?? ''}`,
      MODAL_CONFIG_PATH: simulator.configPath,
      ...extra,
    };
    const planes = new ControlPlanes({ env, logger });
    const plane = await planes.get();
    const cli = await findCli({ configured: '', workspaceFolders: [], env });
    return new TestWorld({ simulator, planes, plane, cli, env, logged }, logger);
  }

  readonly #logger: Logger;
  readonly #deployer: Deployer;

  private constructor(
    parts: Pick<TestWorld, 'simulator' | 'planes' | 'plane' | 'cli' | 'env' | 'logged'>,
    logger: Logger,
  ) {
    this.simulator = parts.simulator;
    this.planes = parts.planes;
    this.plane = parts.plane;
    this.cli = parts.cli;
    this.env = parts.env;
    this.logged = parts.logged;
    this.#logger = logger;
    this.#deployer = new Deployer();
  }

  get logger(): Logger {
    return this.#logger;
  }

  async deploy(script: string, listener: DeployListener = {}): Promise<DeployResult> {
    const connection = await this.planes.connection();
    const plan = await planDeploy(
      { kind: 'script', script },
      { plane: this.plane, connection, environment: '' },
    );
    return this.deployPlan(plan, listener);
  }

  async deployPlan(plan: DeployPlan, listener: DeployListener = {}): Promise<DeployResult> {
    return this.deployRun(new DeployRun(plan), listener);
  }

  async deployRun(
    run: DeployRun,
    { onLine, onStage }: DeployListener = {},
    more: Partial<DeployServices> = {},
  ): Promise<DeployResult> {
    if (onLine) run.onLine(({ line }) => onLine(line, run));
    if (onStage) run.onStage(onStage);
    const connection = await this.planes.connection();
    const { cli, plane, env, logger } = this;
    const keepKey = () => Promise.resolve();
    return this.#deployer.deploy(run, { cli, connection, plane, env, logger, keepKey, ...more });
  }

  /** Deploys a bundled app as the extension does; the keys that it makes are given to `keepKey`. */
  async deployBundled(
    app: CatalogApp,
    keepKey: KeepKey,
    listener: DeployListener = {},
  ): Promise<DeployResult> {
    const connection = await this.planes.connection();
    const plan = await planDeploy(
      { kind: 'bundled', app },
      { plane: this.plane, connection, environment: '' },
    );
    return this.deployRun(new DeployRun(plan), listener, { keepKey });
  }

  /** Runs Python with the user's account, as a script of theirs. @returns the lines that it printed */
  async python(code: string): Promise<string[]> {
    const lines: string[] = [];
    await runCli({ ...this.cli, command: this.simulator.python, args: [] }, ['-c', code], {
      cwd: '/',
      env: cliEnvironment(this.env, await this.planes.connection()),
      onLine: (line) => lines.push(line),
      timeoutMs: 60_000,
      logger: this.logger,
    });
    return lines;
  }

  async stop(): Promise<void> {
    this.planes.dispose();
    await this.simulator.stop();
  }
}
