/** A local Modal that is wrong for everybody: our reader and the official client get the same wrong answer. */
import * as apps from './oracles/apps.ts';
import * as lifecycle from './oracles/lifecycle.ts';
import * as logs from './oracles/logs.ts';
import * as running from './oracles/running.ts';
import * as workspace from './oracles/workspace.ts';
import type { Comparison } from './witness.ts';

export interface Lie {
  readonly what: string;
  /** As the fault `answers` of the local Modal takes it. */
  readonly answers: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** What notices it, because somebody else is asked as well: another call, the code, Git, or the official client. */
  readonly noticedBy: Comparison;
}

export const lies: readonly Lie[] = [
  {
    what: 'facts of functions under other keys',
    answers: { AppGetInfo: { rekey: 'function_info_summaries' } },
    noticedBy: apps.asWritten,
  },
  {
    what: 'another GPU',
    answers: { AppGetInfo: { 'function_info_summaries.*.gpu_config.*.gpu_type': 'T4' } },
    noticedBy: apps.asWritten,
  },
  {
    what: 'endpoints that need no token',
    answers: { AppGetInfo: { 'function_info_summaries.*.requires_proxy_auth': false } },
    noticedBy: apps.asWritten,
  },
  {
    what: 'an app without a layout',
    answers: { AppGetLayout: { app_layout: null } },
    noticedBy: apps.functions,
  },
  {
    what: 'containers that nobody counts',
    answers: { EnvironmentList: { 'items.*.current_concurrent_tasks': 99 } },
    noticedBy: workspace.environments,
  },
  {
    what: 'containers that never started',
    answers: { TaskList: { 'tasks.*.started_at': null } },
    noticedBy: apps.containerInfos,
  },
  {
    what: 'the GPU of a container that its code does not ask for',
    answers: { TaskGetInfo: { 'info.gpu_config.gpu_type': 'H200' } },
    noticedBy: apps.containerGpus,
  },
  {
    what: 'versions of another kind',
    answers: { AppDeploymentHistory: { 'app_deployment_histories.*.deployment_type': 4 } },
    noticedBy: lifecycle.versions,
  },
  {
    what: 'author and branch in each other’s place',
    answers: {
      AppDeploymentHistory: { 'app_deployment_histories.*.commit_info.x': ['author_name', 'branch'] },
    },
    noticedBy: lifecycle.commits,
  },
  {
    what: 'settings that the code does not have',
    answers: {
      FunctionGetSchedulingParams: { 'autoscaler_configuration.static_settings.max_containers': 41 },
    },
    noticedBy: lifecycle.scalingAsWritten,
  },
  {
    what: 'streams of the log in each other’s place',
    answers: { AppCountLogs: { 'buckets.*.x': ['stdout_logs', 'stderr_logs'] } },
    noticedBy: logs.counts,
  },
  {
    what: 'the GPU of a sandbox that it was not made with',
    answers: { SandboxListV2: { 'sandboxes.*.task_info.gpu_config.gpu_type': 'T4' } },
    noticedBy: running.sandboxes,
  },
  {
    what: 'another model behind an endpoint',
    answers: { EndpointGetInfo: { 'info.repo_id': 'x/y' } },
    noticedBy: running.managedAsLoaded,
  },
  {
    what: 'requests that nobody made',
    answers: { ServerGetTimeRangeStats: { request_count: 99 } },
    noticedBy: running.requestsMade,
  },
  {
    what: 'an app that is not the one of its name',
    answers: { AppGetByDeploymentName: { app_id: null } },
    noticedBy: apps.deployedApps,
  },
];
