import { without } from '../../../shared/without.ts';
import type {
  DeployFile,
  ScriptApp,
  ScriptEntryPoint,
  ScriptFile,
  ScriptOrigin,
  ScriptUnit,
  UnreadReason,
} from '../../../domain/script.ts';
import type { AppIdentity, LinkFile, LinkFiles, LinkedScript } from './linking.ts';
import { Linker, keyOfIdentity } from './linking.ts';

/** An app as one of the files sees it. */
interface View {
  readonly file: LinkFile;
  readonly path: string;
  readonly app: ScriptApp;
  readonly link: LinkedScript;
}

/**
 * Every app of a workspace with all that its files give to it, and the files by which it is deployed.
 * @param paths of the files that were read, in order
 */
export function workspaceScripts(paths: readonly string[], files: LinkFiles): ScriptFile[] {
  const linker = new Linker(files);
  const views = new Map<string, View[]>();
  const identities = new Map<string, AppIdentity>();
  for (const path of paths) {
    const file = files.get(path);
    const link = linker.link(path);
    if (!file || !link) continue;
    link.linked.forEach(({ app, identity }) => {
      const key = keyOfIdentity(identity);
      identities.set(key, identity);
      views.set(key, [...(views.get(key) ?? []), { file, path, app, link }]);
    });
  }
  const byFile = new Map<string, ScriptApp[]>();
  for (const [key, identity] of identities) {
    const app = wholeApp(identity, views.get(key) ?? [], files);
    byFile.set(identity.path, [...(byFile.get(identity.path) ?? []), app]);
  }
  return paths.flatMap((path) => {
    const file = files.get(path);
    const link = linker.link(path);
    if (!file || !link) return [];
    const { uri, label } = file;
    const apps = (byFile.get(path) ?? []).sort((a, b) => a.line - b.line);
    return [{ ...link.script, apps, uri, label }];
  });
}

function wholeApp(identity: AppIdentity, views: readonly View[], files: LinkFiles): ScriptApp {
  const { path, variable } = identity;
  // An app that its variable no longer means is nobody else's.
  const own = views.find((view) => view.path === path && view.app.variable === variable && !view.app.origin);
  const [first] = views;
  const home = files.get(path);
  const base: ScriptApp = own?.app ?? {
    ...(first?.app ?? { units: [], entryPoints: [] }),
    variable,
    ...(home?.reading.maybe[variable] ?? { line: 1, column: 1 }),
  };
  const named = without(base, 'origin');
  const units = new Map<string, ScriptUnit>();
  const entryPoints = new Map<string, ScriptEntryPoint>();
  const unread = new Set<UnreadReason>();
  for (const { app, file } of own ? [own, ...views] : views) {
    for (const unit of app.units) units.set(placeKey(unit, file), fromHome(unit, file, home));
    for (const entry of app.entryPoints) entryPoints.set(placeKey(entry, file), fromHome(entry, file, home));
    for (const reason of app.unread ?? []) unread.add(reason);
  }
  const deployFiles = named.unreachable ? [] : deployFilesOf(views);
  return {
    ...named,
    units: [...units.values()],
    entryPoints: [...entryPoints.values()],
    ...(unread.size > 0 ? { unread: [...unread] } : {}),
    ...(views.some(({ app }) => app.choosesOptions) ? { choosesOptions: true } : {}),
    ...(deployFiles.length > 0 ? { deployFiles } : {}),
  };
}

interface Placed {
  readonly line: number;
  readonly name: string;
  readonly origin?: ScriptOrigin;
}

function placeKey({ line, name, origin }: Placed, file: LinkFile): string {
  return `${(origin ?? file).uri}#${line}#${name}`;
}

/** As the file that makes the app sees it. */
function fromHome<T extends Placed>(placed: T, { uri, label }: LinkFile, home: LinkFile | undefined): T {
  const origin = placed.origin ?? { uri, label };
  const rest = without(placed, 'origin');
  return (origin.uri === home?.uri ? rest : { ...rest, origin }) as T;
}

/** The files that deploy as much of an app as any: of those that deploy the same, the one that the others import. */
function deployFilesOf(views: readonly View[]): DeployFile[] {
  const candidates = views
    .filter(({ app }) => app.unreachable === undefined)
    .map((view) => ({ ...view, has: new Set(view.app.units.map((unit) => placeKey(unit, view.file))) }));
  type Candidate = (typeof candidates)[number];
  const isBetter = (other: Candidate, one: Candidate) => {
    if (other === one || ![...one.has].every((key) => other.has.has(key))) return false;
    if (other.has.size > one.has.size) return true;
    const isImported = one.link.files.includes(other.path);
    const imports = other.link.files.includes(one.path);
    if (isImported !== imports) return isImported;
    return candidates.indexOf(other) < candidates.indexOf(one);
  };
  return candidates
    .filter((one) => !candidates.some((other) => isBetter(other, one)))
    .map(({ file: { uri, label }, app: { variable, units } }) => ({
      uri,
      label,
      variable,
      units: units.length,
    }));
}
