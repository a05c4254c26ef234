/** Loaded with the first log that is shown or downloaded. */
export { LogsPanel } from './ui/logsPanel.ts';
export { downloadLogsFlow } from './ui/downloadFlow.ts';
