import type { DeployedNow } from '../core/help/hoverText.ts';
import type { Snapshot } from '../../../store/snapshot.ts';
import { appRowId } from '../../../editor/rows/row.ts';

/**
 * The deployed apps of a name, as they were last read.
 * @returns undefined where none is known, and not all environments were listed in this window
 */
export function deployedNow(name: string, snapshot: Snapshot): readonly DeployedNow[] | undefined {
  const { apps, details, environments, listedAt, readAt } = snapshot;
  const found = apps
    .filter((app) => app.state === 'deployed' && app.name === name)
    .map((app) => ({
      environment: app.environment,
      version: app.version,
      deployedAt: app.deployedAt,
      rowId: appRowId(app),
      details: details.get(app.id),
    }));
  const isWhole = readAt > 0 && environments.every((each) => listedAt.has(each.name));
  return found.length > 0 || isWhole ? found : undefined;
}
