import type { CatalogApp, ManifestSecret } from '../../../domain/catalog.ts';
import type { Rates } from '../../../domain/cost.ts';
import type { AppVersion } from '../../../domain/lifecycle.ts';
import type { ModalScript, ScriptApp } from '../../../domain/script.ts';
import { appReference } from '../../../domain/script.ts';
import type { ModalCli } from '../../../modal/cli.ts';
import type { Connection } from '../../../modal/connection.ts';
import type { ControlPlane, DeployedApp } from '../../../modal/controlPlane.ts';
import { shellCommand } from '../../../modal/shell.ts';
import type { Losses } from './losses.ts';
import type { SettingValues } from './settings.ts';

/** What the user may choose in the preview; what is absent is as the manifest, the profile or the last deploy says. */
export interface DeployChoices {
  readonly environment?: string;
  readonly gpu?: string;
  readonly settings?: SettingValues;
}

/** What the user wants to deploy: a bundled app, or a script of their own as it is. */
export type DeployTarget = DeployChoices & (BundledTarget | ScriptTarget);

export interface BundledTarget {
  readonly kind: 'bundled';
  readonly app: CatalogApp;
}

export interface ScriptTarget {
  readonly kind: 'script';
  readonly script: string;
  /** Absent when the file's text does not show one, e.g. because another file makes it. */
  readonly app?: ScriptApp;
  /** The file has more than one app, so the CLI must be told which. */
  readonly several?: boolean;
}

export interface PlannedSecret {
  readonly secret: ManifestSecret;
  readonly state: 'found' | 'created' | 'missing';
}

export interface PlannedGpu {
  readonly name: string;
  /** Of one container; undefined when no rate is known. */
  readonly usdPerHour: number | undefined;
}

/** What a function or class of a script costs while it runs. */
export interface PlannedUnit {
  readonly name: string;
  /** Choices in order; empty = CPU; undefined = only running the script would tell. */
  readonly gpus: readonly PlannedGpu[] | undefined;
  /** Containers kept, and so paid, all the time; undefined = only running the script would tell. */
  readonly minContainers: number | undefined;
  /** Environment variables that change the GPU where they are set. */
  readonly unless?: readonly string[];
  /** Those that change the containers that are kept. */
  readonly keepsUnless?: readonly string[];
  /** Containers that one call starts together; `size` undefined = only running the script would tell. */
  readonly cluster?: { readonly size: number | undefined };
}

export interface DeployPlan {
  readonly target: DeployTarget;
  readonly title: string;
  /** Deployment name; '' for a script whose text does not tell it. */
  readonly appName: string;
  /** '' = the server's default environment. */
  readonly environment: string;
  readonly script: string;
  readonly cwd: string;
  readonly gpu?: PlannedGpu;
  /** Of a script whose app is known. */
  readonly units?: readonly PlannedUnit[];
  /** Of a script: everything was read that may cost something. */
  readonly complete?: boolean;
  readonly rates: Rates;
  readonly secrets: readonly PlannedSecret[];
  readonly deployed?: DeployedApp;
  /** The version that answers now, with its commit; absent when the server does not tell. */
  readonly live?: AppVersion;
  /** What it would take away; absent where nothing is deployed, and where nothing can be lost. */
  readonly losses?: Losses;
  /** In words: how what will be deployed differs from what is; empty when nothing is known to differ. */
  readonly changes: readonly string[];
  /** Settings of a bundled app that differ from its manifest. */
  readonly values: SettingValues;
  /** Environment variables for the CLI, from the choices. */
  readonly settings: Readonly<Record<string, string>>;
  readonly args: readonly string[];
}

export interface PlanServices {
  readonly plane: ControlPlane;
  readonly connection: Connection;
  /** Chosen by the user; '' = the profile's. */
  readonly environment: string;
  /** Choices of the last deploy of this app to this environment from here. */
  readonly lastChoices?: (appName: string, environment: string) => DeployChoices | undefined;
  /** Whether the editor keeps the value of a key or token. */
  readonly hasKey?: (secretName: string, environment: string) => Promise<boolean>;
  /** Reads a Python file as it is now. Without it, what would be lost cannot be told. */
  readonly readScript?: (file: string) => Promise<ModalScript>;
  /** Name under which this script was deployed from here, where its text does not tell it. */
  readonly lastName?: (script: string, app: ScriptApp | undefined, environment: string) => string | undefined;
  readonly signal?: AbortSignal;
}

/** What a deploy is known by while it runs: the app in the Catalogue, or the script's path with the app's variable. */
export function targetKey(target: DeployTarget): string {
  return target.kind === 'bundled' ? target.app.id : appReference(target.script, target.app, true);
}

/** The command as the user could type it in `plan.cwd`. Settings are no secrets: keys never stand in them. */
export function commandLine(plan: DeployPlan, cli: ModalCli): string {
  return shellCommand([cli.command, ...cli.args, ...plan.args], plan.settings);
}

/** Secrets that the user must make first. A script may name one that it does not use in the end: it is only told. */
export function missingSecrets(plan: DeployPlan): ManifestSecret[] {
  if (plan.target.kind === 'script') return [];
  return plan.secrets
    .filter((item) => item.state === 'missing' && item.secret.required)
    .map((item) => item.secret);
}
