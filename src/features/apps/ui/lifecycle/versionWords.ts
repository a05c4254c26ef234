import type { AppVersion, VersionCommit } from '../../../../domain/lifecycle.ts';
import { formatMoment, shortAge, spokenAge } from '../../../../shared/format.ts';

/** How versions of an app read in rows, pickers and questions. */

/** `a1b2c3d`, with `*` for a checkout that had uncommitted changes. */
export function commitWord({ hash, dirty }: VersionCommit): string {
  return `${hash.slice(0, 7)}${dirty === undefined ? '?' : dirty ? '*' : ''}`;
}

/** What made the version when it was not an ordinary deploy, e.g. `rollback of v4`; '' otherwise. */
export function kindWord({ kind, rollbackOf }: AppVersion): string {
  switch (kind) {
    case 'rollback':
      return rollbackOf === undefined ? 'rollback' : `rollback of v${rollbackOf}`;
    case 'rollover':
      return 'rollover';
    case 'promotion':
      return 'promoted';
    case 'staged':
      return 'staged';
    case 'standard':
      return '';
    case 'unknown':
      return 'of an unknown kind';
  }
}

/** `live · 3d ago · a1b2c3d* · alice`, with tag and kind. */
export function versionDescription(version: AppVersion, now: number): string {
  return [
    version.live ? 'live' : '',
    kindWord(version),
    shortAge(version.deployedAt, now),
    version.commit ? commitWord(version.commit) : '',
    version.tag,
    version.deployedBy,
  ]
    .filter(Boolean)
    .join(' · ');
}

export function versionSpoken(version: AppVersion, now: number): string {
  const { commit, tag, deployedBy } = version;
  return [
    `Version ${version.number}`,
    version.live ? 'live' : '',
    `deployed ${spokenAge(version.deployedAt, now)}${deployedBy ? ` by ${deployedBy}` : ''}`,
    commit ? `commit ${commit.hash.slice(0, 7)}${dirtyWords(commit)}` : '',
    tag ? `tag ${tag}` : '',
    kindWord(version),
  ]
    .filter(Boolean)
    .join(', ');
}

export function versionTooltip(version: AppVersion): string[] {
  const { commit, tag, clientVersion, deployedBy, live } = version;
  return [
    `Version ${version.number}${live ? ', live' : ''}${kindWord(version) ? `, ${kindWord(version)}` : ''}`,
    `Deployed ${formatMoment(version.deployedAt)}${deployedBy ? ` by ${deployedBy}` : ''}`,
    ...(clientVersion ? [`Modal client ${clientVersion}`] : []),
    ...(tag ? [`Tag ${tag}`] : []),
    ...(commit ? commitLines(commit) : [noCommit(version)]),
    ...(live === undefined ? ["Modal doesn't report whether it is live"] : []),
    ...(live ? [] : rollbackLines(version)),
  ];
}

function rollbackLines({ rollbackAllowed }: AppVersion): string[] {
  if (rollbackAllowed === undefined)
    return ["Modal doesn't report whether you can roll back to this version"];
  return rollbackAllowed ? [] : ["You can't roll back to this version"];
}

/** `''` only where it is known that there were none. */
function dirtyWords({ dirty }: VersionCommit): string {
  if (dirty === undefined) return ', perhaps with uncommitted changes';
  return dirty ? ' with uncommitted changes' : '';
}

function noCommit({ unusableCommit }: AppVersion): string {
  return unusableCommit
    ? "No usable commit: the recorded value isn't a Git hash"
    : 'No commit: deployed outside a Git repository';
}

function commitLines({ hash, branch, author, time, repoUrl, dirty }: VersionCommit): string[] {
  return [
    `Commit ${hash}${branch ? ` on ${branch}` : ''}`,
    ...(author ? [`By ${author}${time === undefined ? '' : `, ${formatMoment(time)}`}`] : []),
    ...(repoUrl ? [repoUrl] : []),
    ...(dirty ? ['Deployed with uncommitted changes (*)'] : []),
    ...(dirty === undefined ? ["Modal doesn't report whether there were uncommitted changes (?)"] : []),
  ];
}

/** `v4 (a1b2c3d, 3 days ago)` for sentences. */
export function versionPhrase(version: AppVersion, now: number): string {
  const facts = [
    version.commit ? commitWord(version.commit) : version.unusableCommit ? 'no usable commit' : 'no commit',
    spokenAge(version.deployedAt, now),
  ];
  return `v${version.number} (${facts.join(', ')})`;
}
