import type { SyntaxNode } from '@lezer/common';
import type { Rates } from '../../../../domain/cost.ts';
import type { Argument } from '../../../workspace/core/index.ts';
import { namesOf } from '../bindings.ts';
import { PythonFile } from '../pythonFile.ts';
import { calleeOf } from '../sites.ts';
import type { CronHelp } from './cronWords.ts';
import { cronHelp, periodWords } from './cronWords.ts';
import type { UnitFacts } from './unitFacts.ts';
import { unitFacts } from './unitFacts.ts';

interface Place {
  readonly from: number;
  readonly to: number;
}

/** What there is to say of a place in a file. */
export type Hovered = Place &
  (
    | { readonly kind: 'cron'; readonly zone: string | undefined; readonly help: CronHelp }
    /** @property words undefined where only running the file would tell, or where it has no time */
    | { readonly kind: 'period'; readonly words: string | undefined }
    | { readonly kind: 'unit'; readonly callee: string; readonly facts: UnitFacts }
  );

/** @param now unix milliseconds, from which next times are counted */
export function hoveredAt(text: string, at: number, rates: Rates, now: number): Hovered | undefined {
  if (!/\bmodal\b/.test(text)) return undefined;
  const file = new PythonFile(text);
  if (!file.namesModal) return undefined;
  for (let node: SyntaxNode | null = file.source.tree.resolveInner(at, 1); node; node = node.parent) {
    if (node.name === 'CallExpression') {
      const schedule = scheduleOf(node, file, now);
      if (schedule) return schedule;
    }
    if (node.name === 'Decorator') return unitOf(node, at, file, rates);
    // Below a definition nothing is a part of its decorators.
    if (node.name === 'Body') return undefined;
  }
  return undefined;
}

function scheduleOf(call: SyntaxNode, file: PythonFile, now: number): Hovered | undefined {
  const { firstChild, lastChild, from, to } = call;
  const callee = firstChild ? calleeOf(firstChild, file) : undefined;
  if (callee !== 'modal.Cron' && callee !== 'modal.Period') return undefined;
  const args = file.source.argumentsOf(lastChild);
  if (args.some(({ unpacked }) => unpacked)) return undefined;
  if (callee === 'modal.Period') return { kind: 'period', words: periodOf(args, file), from, to };
  const cron = valueOf(args, 'cron_string', 0, file);
  if (typeof cron !== 'string') return undefined;
  const given = valueOf(args, 'timezone', 1, file);
  const zone = given === null ? 'UTC' : typeof given === 'string' ? given : undefined;
  return { kind: 'cron', zone, help: cronHelp(cron, zone, now), from, to };
}

/** Null where it is not given. */
function valueOf(args: readonly Argument[], name: string, at: number, file: PythonFile) {
  const argument = args.find(
    (each, index) => each.name === name || (each.name === undefined && index === at),
  );
  return argument ? file.valueOf(argument.value) : null;
}

function periodOf(args: readonly Argument[], file: PythonFile): string | undefined {
  const parts: Record<string, number> = {};
  for (const { name, value } of args) {
    const number = file.valueOf(value);
    if (name === undefined || typeof number !== 'number') return undefined;
    parts[name] = number;
  }
  return periodWords(parts);
}

const units = new Set(['app.function', 'app.cls', 'app.server']);

/** Only on the decorator's own name, since its arguments have meanings of their own. */
function unitOf(decorator: SyntaxNode, at: number, file: PythonFile, rates: Rates): Hovered | undefined {
  const names = namesOf(decorator);
  const last = names.at(-1);
  if (!last || at >= last.to) return undefined;
  const callee = file.decoratorTarget(
    names.map((name) => file.source.textOf(name)),
    decorator,
  );
  if (callee === undefined || !units.has(callee)) return undefined;
  const args = file.source.argumentsOf(decorator.getChild('ArgList'));
  const facts = unitFacts(args, { callee, decorator }, file, rates);
  return { kind: 'unit', callee, facts, from: decorator.from, to: last.to };
}
