import type { App } from '../../../domain/app.ts';
import type { AppVersion } from '../../../domain/lifecycle.ts';
import type { AppRowTarget } from '../../../domain/target.ts';
import type { Fact } from '../../../store/lazyFacts.ts';
import { commands } from '../../../contributions.ts';
import { plural, shortAge } from '../../../shared/format.ts';
import { versionDescription, versionSpoken, versionTooltip } from './lifecycle/versionWords.ts';
import type { Row } from '../../../editor/rows/row.ts';

/** What a row of an app's history stands for. */
type VersionRowTarget = Extract<AppRowTarget, { kind: 'versions' | 'version' }>;

export type VersionMember = readonly [Row, VersionRowTarget];

/** More are shown in a list that can be searched. */
const mostRows = 50;

/** The "Versions" row of a deployed app and what is below it, its first member first. */
export function versionRows(
  app: App,
  fact: Fact<readonly AppVersion[]> | undefined,
  parentId: string,
  now: number,
): VersionMember[] {
  const id = `versions/${app.id}`;
  const below = belowVersions(app, fact, id, now);
  const count = fact?.value === undefined ? '' : String(fact.value.length);
  const row: Row = {
    id,
    parentId,
    kind: 'versions',
    label: 'Versions',
    description: count,
    icon: 'history',
    context: 'versions',
    spoken: `Versions of ${app.name}${count ? `, ${plural(Number(count), 'version')}` : ''}`,
    tooltip: () => ['Deployment history'],
    collapsible: 'collapsed',
    childIds: below.map(([child]) => child.id),
  };
  return [[row, { kind: 'versions', app }], ...below];
}

/** What the ages in the rows read as, for telling whether they are old. */
export function versionAges(fact: Fact<readonly AppVersion[]> | undefined, now: number): string {
  return (fact?.value ?? [])
    .slice(0, mostRows)
    .map(({ deployedAt }) => shortAge(deployedAt, now))
    .join();
}

function belowVersions(
  app: App,
  fact: Fact<readonly AppVersion[]> | undefined,
  parentId: string,
  now: number,
): VersionMember[] {
  const note = (row: Pick<Row, 'label' | 'description' | 'icon'> & Partial<Row>): VersionMember => [
    {
      id: `${parentId}/note`,
      parentId,
      kind: 'note',
      context: 'note',
      spoken: [row.label, row.description].filter(Boolean).join(', '),
      tooltip: () => [row.description || row.label],
      collapsible: 'none',
      childIds: [],
      ...row,
    },
    { kind: 'versions', app },
  ];
  const { value, error } = fact ?? {};
  if (!value) {
    return error
      ? [note({ label: 'Try again', description: error.message, icon: 'warning', command: showHistory })]
      : [note({ label: 'Loading the history…', description: '', icon: 'loading~spin' })];
  }
  if (value.length === 0) return [note({ label: 'No versions yet', description: '', icon: 'info' })];
  const rows = value.slice(0, mostRows).map((version) => versionRow(app, version, parentId, now));
  if (value.length <= mostRows) return rows;
  const all = note({
    label: 'Show all',
    description: plural(value.length, 'version'),
    icon: 'ellipsis',
    command: showHistory,
  });
  return [...rows, all];
}

const showHistory = { id: commands.showHistory, title: 'Show Deploy History' };

function versionRow(app: App, version: AppVersion, parentId: string, now: number): VersionMember {
  return [
    {
      id: `version/${app.id}/${version.number}`,
      parentId,
      kind: 'version',
      label: `v${version.number}`,
      description: versionDescription(version, now),
      icon: version.live ? 'pass-filled' : version.kind === 'rollback' ? 'discard' : 'git-commit',
      ...(version.live ? { iconColor: 'charts.green' } : {}),
      context: [
        'version',
        version.live ? 'serving' : 'earlier',
        ...(!version.live && version.rollbackAllowed !== false ? ['rollback'] : []),
        // One that cannot be used has the command as well, which says why it cannot.
        ...(version.commit || version.unusableCommit ? ['commit'] : []),
      ].join(' '),
      spoken: versionSpoken(version, now),
      tooltip: () => versionTooltip(version),
      collapsible: 'none',
      childIds: [],
    },
    { kind: 'version', app, version },
  ];
}
