import { parseScript } from './parseScript.ts';
import type { ModuleReading } from './reading.ts';

/** Reads a file's text; where the parser stumbles, the judge says whether Python would. */
export async function readScript(text: string): Promise<ModuleReading> {
  const { stumbled, ...reading } = parseScript(text);
  if (!stumbled) return reading;
  const { syntaxErrors } = await import('./syntaxJudge.ts');
  return { ...reading, problems: syntaxErrors(text) };
}
