import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { check } from 'recheck';
import { describe, expect, it } from 'vitest';
import { issuedForms, rareForms } from '../../../src/shared/credentials/issued.ts';
import { root } from '../../../scripts/root.ts';
import type { Expression } from './expressions.ts';
import { endless, expressionsOf, expressionsOfSource, oneTryOf } from './expressions.ts';

/** What makes expressions at run time, and why none of them can hold anything up. */
const madeWhileRunning: Readonly<Record<string, string>> = {
  'src/domain/logFilter.ts': "the user's own filter, which runs only under runGuarded",
  'src/shared/schema/plainPattern.ts': 'a pattern of an endpoint, after it was found to leave no choice',
  'src/shared/credentials/known.ts': 'the list of issued forms, tried at one place each; checked below',
  'src/features/deploy/core/settings.ts': 'patterns of the bundled manifests, which are checked below',
};

// Limits of time would make the verdict depend on how busy the machine is.
const settings = {
  timeout: 240_000,
  incubationTimeout: null,
  attackTimeout: null,
  seedingTimeout: null,
  randomSeed: 1,
};

/** Only repeats can take long; what has none is not worth asking about. */
const repeats = ({ source }: Expression) => /[*+{]/.test(source);

async function verdicts(expressions: readonly Expression[]): Promise<string[]> {
  const different = new Map(
    expressions.filter(repeats).map((each) => [`/${each.source}/${each.flags}`, each]),
  );
  const bad: string[] = [];
  for (const [written, { source, flags, place }] of different) {
    const oneTry = oneTryOf(source);
    if (oneTry !== undefined && (await check(oneTry, flags, settings)).status === 'safe') continue;
    const found = await check(source, flags, settings);
    if (found.status === 'safe') continue;
    const why = found.status === 'unknown' ? found.error.kind : found.complexity.summary;
    bad.push(`${place}: ${written} is ${why}`);
  }
  return bad;
}

/** Each once: most settings are those of all apps. */
function manifestPatterns(): Expression[] {
  const found = globSync('modal_apps/*/app.json', { cwd: root }).flatMap((file) => {
    const { settings: list = [] } = JSON.parse(readFileSync(path.join(root, file), 'utf8')) as {
      settings?: readonly { pattern?: string }[];
    };
    return list.flatMap(({ pattern }) =>
      pattern === undefined ? [] : [{ source: `^(?:${pattern})$`, flags: 'u', place: file }],
    );
  });
  return [...new Map(found.map((expression) => [expression.source, expression])).values()];
}

/** Each by itself, as it is tried: at one place. */
function issuedPatterns(): Expression[] {
  const forms = [...issuedForms.map(([, rest]) => rest), ...rareForms.map(({ form }) => form)];
  return forms.map((form) => ({ source: endless(form), flags: '', place: form }));
}

describe('regular expressions of the source', () => {
  const { known, made } = expressionsOfSource();

  it('are found', () => {
    expect(known.length).toBeGreaterThan(300);
    expect(known.filter(({ place }) => /^src\/features\/\w+\/view\//.test(place)).length).toBeGreaterThan(10);
  });

  it('take time in proportion to the text', async () => {
    expect(await verdicts([...known, ...manifestPatterns()])).toEqual([]);
  }, 300_000);

  it('take time in proportion to the text, also those that tell a credential by its first letters', async () => {
    expect(issuedPatterns().length).toBeGreaterThan(150);
    expect(await verdicts(issuedPatterns())).toEqual([]);
  }, 300_000);

  it('are made while running only where what they come from is guarded', () => {
    const files = new Set(made.map((place) => place.slice(0, place.lastIndexOf(':'))));
    expect([...files].sort()).toEqual(Object.keys(madeWhileRunning).sort());
  });
});

describe('the search for regular expressions', () => {
  it('reads literals, constants and what is put together of them', () => {
    const { known, made } = expressionsOf(
      'x.ts',
      [
        String.raw`const a = /x\/[/]+/gi;`,
        'const word = String.raw`\\w+`; const end = "$";',
        'const b = new RegExp(`^${word}${end}`, "u");',
        'const c = RegExp("a" + word);',
        'text.search("b+");',
        'text.match(unknown);',
        'new RegExp(given);',
        'globalThis.RegExp(given + "x");',
      ].join('\n'),
    );
    expect(known.map(({ source, flags }) => [source, flags])).toEqual([
      [String.raw`x\/[/]+`, 'gi'],
      [String.raw`^\w+$`, 'u'],
      [String.raw`a\w+`, ''],
      ['b+', ''],
    ]);
    expect(made).toEqual(['x.ts:7', 'x.ts:8']);
  });

  it.each([
    [String.raw`\s+$`, ''],
    [String.raw`^(a+)+$`, ''],
    [String.raw`\{\{\s*([^{}\r\n]*?)\s*\}\}`, 'g'],
    [String.raw`^\s*x`, 'm'],
  ])(
    'would find %s',
    async (source, flags) => {
      expect(await verdicts([{ source, flags, place: 'x.ts:1' }])).toHaveLength(1);
    },
    60_000,
  );
});
