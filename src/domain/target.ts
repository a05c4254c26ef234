import type { App, Container, Endpoint, Environment, ModalFunction } from './app.ts';
import type { CatalogApp, Sample } from './catalog.ts';
import type { AppVersion } from './lifecycle.ts';
import type { ManagedEndpoint } from './managedEndpoint.ts';
import type { RequestSpec } from './request.ts';
import type { Sandbox, Tunnel } from './sandbox.ts';
import type { SavedRequest } from './savedRequest.ts';
import type { SourcePlace } from './script.ts';

/** An endpoint together with the app that serves it. */
export interface AppEndpoint {
  readonly app: App;
  readonly endpoint: Endpoint;
}

/** What a row of the Apps view stands for. */
export type AppRowTarget =
  | { readonly kind: 'environment'; readonly environment: Environment }
  | { readonly kind: 'app'; readonly app: App }
  | { readonly kind: 'function'; readonly app: App; readonly fn: ModalFunction }
  | ({ readonly kind: 'endpoint' } & AppEndpoint)
  | ({ readonly kind: 'sample'; readonly bundled: CatalogApp; readonly sample: Sample } & AppEndpoint)
  | ({ readonly kind: 'saved'; readonly saved: SavedRequest } & AppEndpoint)
  | { readonly kind: 'container'; readonly app: App; readonly container: Container }
  | { readonly kind: 'server'; readonly app: App; readonly fn: ModalFunction }
  | SandboxRowTarget
  | { readonly kind: 'managed'; readonly app: App | undefined; readonly managed: ManagedEndpoint }
  | { readonly kind: 'moreSandboxes'; readonly app: undefined; readonly environment: string }
  /** The row that shows more rows below that one. */
  | { readonly kind: 'moreRows'; readonly parentId: string }
  | { readonly kind: 'versions'; readonly app: App }
  | { readonly kind: 'version'; readonly app: App; readonly version: AppVersion };

/** A sandbox may belong to an app that is in no list. */
export type SandboxRowTarget =
  | { readonly kind: 'sandbox'; readonly app: App | undefined; readonly sandbox: Sandbox }
  | {
      readonly kind: 'tunnel';
      readonly app: App | undefined;
      readonly sandbox: Sandbox;
      readonly tunnel: Tunnel;
    };

/** What a row of the Catalogue stands for. */
export type CatalogRowTarget =
  | { readonly kind: 'catalogApp'; readonly bundled: CatalogApp }
  | { readonly kind: 'catalogSample'; readonly bundled: CatalogApp; readonly sample: Sample };

/** An app, function or run of a Python file, by names: the text may have changed since a row or lens was painted. */
export interface ScriptReference {
  /** Address of the file. */
  readonly uri: string;
  /** Variable of the app. */
  readonly variable?: string;
  /** Function or entry point. */
  readonly runnable?: string;
}

export interface ScriptTarget extends ScriptReference {
  readonly kind: 'script';
  /** Where a deploy goes; absent = where the user works. */
  readonly environment?: string;
  /** The serve or run that a row shows. */
  readonly runId?: number;
  /** Where it stands in the file. */
  readonly place?: SourcePlace;
  /** The file and the variable that the app is made in, which may be another file than the row's. */
  readonly made?: { readonly uri: string; readonly variable?: string };
}

/** Everything that a command can be about: what a row, a button, a lens or a file of the explorer stands for. */
export type Target =
  | AppRowTarget
  | CatalogRowTarget
  | ScriptTarget
  /** Files of the explorer, or of a drop onto a row. */
  | { readonly kind: 'files'; readonly uris: readonly string[]; readonly onto?: Target }
  /** The code of an app, by the name under which it was deployed. */
  | { readonly kind: 'codeOfApp'; readonly name: string; readonly environment: string }
  /** A bundled app, as it was deployed before. */
  | { readonly kind: 'codeOfBundled'; readonly id: string; readonly environment: string }
  /** A web function of a script, by the names under which it is deployed. */
  | { readonly kind: 'deployedFunction'; readonly deployedApp: string; readonly function: string }
  /** Exactly this request to an endpoint. */
  | { readonly kind: 'request'; readonly endpoint: AppEndpoint; readonly spec: RequestSpec }
  /** A request of a `.http` file, by its offset. */
  | { readonly kind: 'httpRequest'; readonly uri: string; readonly at: number }
  /** A line of the Logs panel. */
  | {
      readonly kind: 'logLine';
      readonly functionId: string;
      readonly containerId: string;
      readonly callId: string;
    }
  /** An account beside those that are there. */
  | { readonly kind: 'anotherAccount' };

export type TargetKind = Target['kind'];

/** The app that a row stands for or is below; undefined for rows of several apps or of none that is listed. */
export function appOf(target: Target | undefined): App | undefined {
  return target && 'app' in target ? target.app : undefined;
}

/** The code of an app that a button offers to deploy again. */
export function codeOf({ name, environment }: Pick<App, 'name' | 'environment'>) {
  return { kind: 'codeOfApp', name, environment } as const;
}
