/** What other features use of deploy without the editor. */
export type { CommandServices, OutputLine } from './appCommand.ts';
export { AppCommand } from './appCommand.ts';
export { copyApp } from './copyApp.ts';
export { DeployError } from './deployError.ts';
export { DeployRun } from './deployRun.ts';
export type { DeployFailure, SourceFrame } from './failure.ts';
export { explainFailure, explainRunFailure } from './failure.ts';
export type { JournalEntry } from './journal.ts';
export { DeployJournal } from './journal.ts';
export { JournalNote } from './journalNote.ts';
export { withOwnFiles } from './missingModule.ts';
export { isAlive, thisOwner } from './owner.ts';
export type { DeployTarget, PlanServices, PlannedUnit } from './plan.ts';
export { planEnvironment, planUnits } from './planParts.ts';
export { failureProblems } from './problems.ts';
export type { RunValues } from './runArguments.ts';
export {
  argumentWarning,
  environmentFlag,
  looksSecret,
  parameterProblem,
  runArguments,
  shownArguments,
  unsupportedParameters,
} from './runArguments.ts';
export type { CliTarget } from './scriptTarget.ts';
export { cliTarget } from './scriptTarget.ts';
export type { DeployStage } from './stages.ts';
export { announcedStage, laterStage, stageWords } from './stages.ts';
export { clockSkewMs, endUnfinished } from './unfinished.ts';
export { costsAttention, unitLines } from './unitLines.ts';
