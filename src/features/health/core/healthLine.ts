import type { ExplanationAction } from '../../../domain/request.ts';

/** What is looked at, in this order. */
export const healthSteps = ['reachable', 'container', 'answer', 'key', 'model', 'schema'] as const;

export type HealthStep = (typeof healthSteps)[number];

/** `unknown`: it was not asked, or nobody tells. */
export type HealthState = 'checking' | 'good' | 'warning' | 'bad' | 'unknown';

export type HealthAction = Extract<ExplanationAction, 'deploy' | 'enterKey' | 'showLogs'> | 'again';

export interface HealthLine {
  readonly step: HealthStep;
  readonly state: HealthState;
  /** What was found, and what to do when it is not good. */
  readonly text: string;
  /** How long it took. */
  readonly milliseconds?: number;
  readonly action?: HealthAction;
}
