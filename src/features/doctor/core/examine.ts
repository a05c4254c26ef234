import type { Rates } from '../../../domain/cost.ts';
import { findingsIn } from './diagnose.ts';
import type { NamedUse } from './help/namedUses.ts';
import { namedUses } from './help/namedUses.ts';
import { missingPackages } from './images/imagePackages.ts';
import { importPlaces } from './images/importPlaces.ts';
import { missingModules } from './images/localModules.ts';
import type { PendingImport } from './images/pendingImport.ts';
import { unitsOf } from './images/units.ts';
import type { ModalFile } from './modalFile.ts';
import { readModalFile } from './modalFile.ts';
import type { Finding } from './rule.ts';

/** What one reading of a file gives. Plain data: it comes from a thread. */
export interface Examined {
  readonly findings: readonly Finding[];
  /** Names that must exist in the account. */
  readonly uses: readonly NamedUse[];
  /** What is found only if it lies so around the file. */
  readonly imports: readonly PendingImport[];
}

/** @param version of the `modal` that will read the file */
export function examine(text: string, version: string, rates?: Rates): Examined {
  const modal = readModalFile(text);
  if (!modal) return { findings: [], uses: [], imports: [] };
  return {
    findings: findingsIn(modal, version, rates),
    uses: namedUses(modal),
    imports: pendingImports(modal, version),
  };
}

/** Each import is held against each function, and people's files have fewer. */
const mostUnits = 200;
const mostImports = 500;

function pendingImports(modal: ModalFile, version: string): PendingImport[] {
  const units = unitsOf(modal).slice(0, mostUnits);
  if (units.length === 0) return [];
  const places = importPlaces(modal, units).slice(0, mostImports);
  return [...missingModules(modal, places, version), ...missingPackages(modal, units, places, version)];
}
