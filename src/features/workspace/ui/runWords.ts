import type { ScriptRun } from './scriptRuns.ts';
import { formatTimeOfDay } from '../../../shared/format.ts';

/** The state of a serve or run in a few words. */
export function runWords(run: ScriptRun): string {
  const url = run.endpoints[0]?.url ?? '';
  switch (run.state) {
    case 'starting':
      return run.words ? `starting: ${run.words}` : 'starting';
    case 'serving':
      return [
        url ? `serving ${url}` : 'serving',
        run.reloadedAt ? `reloaded ${formatTimeOfDay(run.reloadedAt)}` : '',
      ]
        .filter(Boolean)
        .join(' · ');
    case 'reloading':
      return 'reloading';
    case 'reloadFailed':
      return `reload failed, previous version still running: ${run.words}`;
    case 'running':
      return 'running';
    case 'stopping':
      return 'stopping';
    case 'done':
      return `done in ${run.words}`;
    case 'stopped':
      return run.kind === 'serve' ? 'serve stopped' : 'run stopped';
    case 'failed':
      return `${run.kind} failed: ${run.words}`;
  }
}

/** Codicon of the state, with the theme colour that goes with it. */
export function runIcon({ state }: ScriptRun): { readonly icon: string; readonly iconColor?: string } {
  switch (state) {
    case 'starting':
    case 'reloading':
    case 'running':
    case 'stopping':
      return { icon: 'loading~spin' };
    case 'serving':
      return { icon: 'broadcast', iconColor: 'charts.green' };
    case 'done':
      return { icon: 'pass', iconColor: 'charts.green' };
    case 'stopped':
      return { icon: 'circle-slash' };
    case 'reloadFailed':
      return { icon: 'warning', iconColor: 'problemsWarningIcon.foreground' };
    case 'failed':
      return { icon: 'error', iconColor: 'problemsErrorIcon.foreground' };
  }
}
