import type { App, Container, Endpoint, Environment, ModalFunction } from '../../../domain/app.ts';
import type { CatalogApp, Sample } from '../../../domain/catalog.ts';
import type { ManagedEndpoint } from '../../../domain/managedEndpoint.ts';
import type { Sandbox, Tunnel } from '../../../domain/sandbox.ts';
import type { SavedRequest } from '../../../domain/savedRequest.ts';
import type { VersionRowTarget } from './versionRows.ts';

/** What a row stands for, so that commands find their argument. */
export type AppRowTarget =
  | { readonly kind: 'environment'; readonly environment: Environment }
  | { readonly kind: 'app'; readonly app: App }
  | { readonly kind: 'function'; readonly app: App; readonly fn: ModalFunction }
  | { readonly kind: 'endpoint'; readonly app: App; readonly endpoint: Endpoint }
  | {
      readonly kind: 'sample';
      readonly app: App;
      readonly endpoint: Endpoint;
      readonly bundled: CatalogApp;
      readonly sample: Sample;
    }
  | { readonly kind: 'saved'; readonly app: App; readonly endpoint: Endpoint; readonly saved: SavedRequest }
  | { readonly kind: 'container'; readonly app: App; readonly container: Container }
  | { readonly kind: 'server'; readonly app: App; readonly fn: ModalFunction }
  | SandboxRowTarget
  | { readonly kind: 'managed'; readonly app: App | undefined; readonly managed: ManagedEndpoint }
  | { readonly kind: 'moreSandboxes'; readonly app: undefined; readonly environment: string }
  | VersionRowTarget;

/** A sandbox may belong to an app that is in no list. */
export type SandboxRowTarget =
  | { readonly kind: 'sandbox'; readonly app: App | undefined; readonly sandbox: Sandbox }
  | {
      readonly kind: 'tunnel';
      readonly app: App | undefined;
      readonly sandbox: Sandbox;
      readonly tunnel: Tunnel;
    };
