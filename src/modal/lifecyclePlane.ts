import type {
  AppVersion,
  Autoscaler,
  AutoscalerValues,
  ContainerInfo,
  FunctionStats,
  Redeployed,
} from '../domain/lifecycle.ts';

/** What can be read and done with apps that are deployed already; part of `ControlPlane`. */
export interface LifecyclePlane {
  /** Every version of the app, newest first. */
  history(appId: string, signal?: AbortSignal): Promise<AppVersion[]>;
  /**
   * Serves an older version again, as a new one.
   * @throws kind `forbidden` or `conflict`, with the plan that is needed
   */
  rollback(appId: string, version: number, signal?: AbortSignal): Promise<Redeployed>;
  /** Makes a new version of the same code, whose containers read secrets anew. */
  rollover(appId: string, signal?: AbortSignal): Promise<Redeployed>;
  /** @param options.graceful the container ends after its running inputs; otherwise they run again elsewhere */
  stopContainer(id: string, options?: { readonly graceful?: boolean }, signal?: AbortSignal): Promise<void>;
  containerInfo(id: string, signal?: AbortSignal): Promise<ContainerInfo>;
  /** @param functionId of a function, or of a class's `Cls.*` */
  autoscaler(functionId: string, signal?: AbortSignal): Promise<Autoscaler>;
  /** Changes only the values that are given, at once and until the next deploy. */
  updateAutoscaler(
    functionId: string,
    changes: Partial<AutoscalerValues>,
    signal?: AbortSignal,
  ): Promise<void>;
  functionStats(functionId: string, signal?: AbortSignal): Promise<FunctionStats>;
}
