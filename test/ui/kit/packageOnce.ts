import { packageExtension, packagedVariable } from '../../host/packageExtension.ts';

/** Builds the extension once for all files of a run: each has an editor of its own, and all the same extension. */
export async function setup(): Promise<void> {
  process.env[packagedVariable] = await packageExtension();
}
