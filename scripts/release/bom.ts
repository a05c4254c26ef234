/**
 * `npm run -s bom`: prints the bill of materials of a package, in CycloneDX's JSON. npm writes one of everything that
 * is installed here; a package contains only what went into the bundles. What the bundled apps install in the cloud is
 * in the `.lock` files beside them.
 */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { bundledPackages } from '../notices.ts';
import { root } from '../root.ts';

export interface Bom {
  readonly metadata: { readonly component: Component };
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn?: readonly string[] }[];
}

interface Component {
  readonly scope?: string;
  readonly 'bom-ref': string;
  readonly name: string;
  readonly version: string;
  readonly properties?: readonly { readonly name: string; readonly value: string }[];
}

/** @param bundled name and version of each, as `name@version` */
export function onlyBundled(all: Bom, bundled: ReadonlySet<string>, ownName: string): Bom {
  const own = { ...all.metadata.component, name: ownName, type: 'application' };
  const components = all.components.filter(({ name, version }) => bundled.has(`${name}@${version}`));
  const missing = [...bundled].filter(
    (each) => !components.some(({ name, version }) => each === `${name}@${version}`),
  );
  if (missing.length > 0) throw new Error(`npm knows nothing of ${missing.join(', ')}.`);
  const refs = new Set(components.map((component) => component['bom-ref']));
  const below = all.dependencies
    .filter(({ ref }) => refs.has(ref))
    .map(({ ref, dependsOn = [] }) => ({ ref, dependsOn: dependsOn.filter((each) => refs.has(each)) }));
  return {
    ...all,
    metadata: { ...all.metadata, component: own },
    components: components.map(asShipped),
    dependencies: [{ ref: own['bom-ref'], dependsOn: [...refs] }, ...below],
  };
}

/** To npm all of them are packages for development, since the extension is delivered as bundles. */
function asShipped(component: Component): Component {
  const properties = (component.properties ?? []).filter(
    ({ name }) => name !== 'cdx:npm:package:development',
  );
  return { ...component, scope: 'required', properties };
}

function everythingInstalled(): Bom {
  const args = ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only'];
  const { stdout, stderr, status } = spawnSync('npm', args, {
    cwd: root,
    encoding: 'utf8',
    shell: process.platform === 'win32',
    maxBuffer: 1 << 26,
  });
  if (status !== 0) throw new Error(`npm sbom failed.\n${stderr}`);
  return JSON.parse(stdout) as Bom;
}

if (import.meta.main) {
  const { default: manifest } = (await import(path.join(root, 'package.json'), {
    with: { type: 'json' },
  })) as {
    default: { name: string };
  };
  const bundled = new Set((await bundledPackages()).map(({ name, version }) => `${name}@${version}`));
  console.log(JSON.stringify(onlyBundled(everythingInstalled(), bundled, manifest.name), undefined, 2));
}
