/** The stages of a deploy: those of `modal deploy`, read from its output lines, and what stands before and after. */
import { formatDuration } from '../../../shared/format.ts';

export type DeployStage =
  'queued' | 'check' | 'upload' | 'image' | 'functions' | 'publish' | 'health' | 'done';

export const stageWords: Readonly<Record<DeployStage, string>> = {
  queued: 'waiting for the deploy before it',
  check: 'checking',
  upload: 'uploading files',
  image: 'building image',
  functions: 'creating functions',
  publish: 'publishing',
  health: 'waiting for the first healthy answer',
  done: 'deployed',
};

const order: readonly DeployStage[] = [
  'queued',
  'check',
  'upload',
  'image',
  'functions',
  'publish',
  'health',
  'done',
];

/** What each line of the CLI announces. The first that matches counts. */
const signs: readonly (readonly [RegExp, DeployStage])[] = [
  [/^✓ App deployed in|^✓ Deployment skipped/, 'done'],
  [/^✓ Created objects/, 'publish'],
  [/Created (?:web )?function /i, 'functions'],
  [/(?:Created mount|Uploaded) /, 'upload'],
  [/^Building image |^=> Step |^Built image /, 'image'],
];

/** Longest start of a line that is looked at: the signs stand at its beginning. */
const looked = 200;

/** @returns what the line announces, if anything */
export function announcedStage(line: string): DeployStage | undefined {
  const start = line.slice(0, looked).trimStart();
  return signs.find(([sign]) => sign.test(start))?.[1];
}

/** Stages never go back: uploads and builds run side by side, and rows come in the order of completion. */
export function laterStage(stage: DeployStage, announced: DeployStage | undefined): DeployStage {
  if (!announced) return stage;
  return order.indexOf(announced) > order.indexOf(stage) ? announced : stage;
}

export interface StageTime {
  readonly stage: DeployStage;
  /** Milliseconds spent in it so far. */
  readonly ms: number;
}

/** Remembers when each stage began. Times are milliseconds of any one clock. */
export class StageClock {
  readonly #entered: { readonly stage: DeployStage; readonly at: number }[] = [];

  enter(stage: DeployStage, at: number): void {
    this.#entered.push({ stage, at });
  }

  get current(): DeployStage | undefined {
    return this.#entered.at(-1)?.stage;
  }

  /** Every stage so far with its length, the last one up to `now`; the end is no stage that takes time. */
  times(now: number): StageTime[] {
    return this.#entered
      .map(({ stage, at }, index) => ({ stage, ms: (this.#entered[index + 1]?.at ?? now) - at }))
      .filter(({ stage }) => stage !== 'done');
  }
}

/** `building image · 12 s`; short stages go without a number that would only flicker. */
export function stageText({ stage, ms }: StageTime): string {
  const seconds = Math.floor(ms / 1000);
  return seconds < 2 ? stageWords[stage] : `${stageWords[stage]} · ${formatDuration(seconds * 1000)}`;
}
