/** Decorators in many combinations: what the doctor calls an error is what the installed modal refuses, and nothing else. */
import { beforeAll, describe, expect, it } from 'vitest';
import { diagnose } from '../../src/features/doctor/core/diagnose.ts';
import { newestKnown } from '../../src/features/doctor/core/version.ts';
import { ensurePython } from '../../scripts/python.ts';
import type { Said, Sample } from './doctor/samples.ts';
import { askModal } from './doctor/samples.ts';

const head = 'import modal\n\napp = modal.App("example")\n\n\n';
const web = ['fastapi_endpoint()', 'asgi_app()', 'wsgi_app()', 'web_server(8000)'];
const others = [
  'concurrent(max_inputs=2)',
  'batched(max_batch_size=2, wait_ms=10)',
  'method()',
  'enter()',
  'exit()',
];
const partials = [...web, ...others];

const onFunction = (decorators: readonly string[], signature = 'def f()') =>
  `${head}${decorators.map((each) => `@${each}\n`).join('')}${signature}:\n    pass\n`;
const onMethod = (decorators: readonly string[], signature = 'def f(self)', cls = '') =>
  `${head}@app.cls(${cls})\nclass M:\n${decorators.map((each) => `    @${each}\n`).join('')}    ${signature}:\n        pass\n`;
const onClass = (decorators: readonly string[]) =>
  `${head}${decorators.map((each) => `@${each}\n`).join('')}class M:\n    pass\n`;

const modal = (name: string) => `modal.${name}`;
const pairs = partials.flatMap((one) => partials.map((other) => [modal(one), modal(other)] as const));

const files: readonly string[] = [
  ...partials.flatMap((each) => [
    onFunction(['app.function()', modal(each)]),
    onMethod([modal(each)]),
    onMethod([modal(each)], 'async def f(self)'),
  ]),
  ...[...web, 'concurrent(max_inputs=2)', 'batched(max_batch_size=2, wait_ms=10)'].map((each) =>
    onFunction([modal(each), 'app.function()']),
  ),
  ...pairs.map((pair) => onMethod(pair)),
  ...web.flatMap((each) => [
    ...[
      'def f(x)',
      'def f(*args)',
      'def f(**options)',
      'def f(x: int)',
      'def f(a, /)',
      'def f(*, a)',
      'async def f()',
    ].map((signature) => onFunction(['app.function()', modal(each)], signature)),
    ...['def f(self, x)', 'async def f(self)'].map((signature) => onMethod([modal(each)], signature)),
  ]),
  ...['def f(x)', 'def f(x=1)', 'def f(*, x)', 'def f(x, y=2)', 'def f()'].map((signature) =>
    onFunction(['app.function(schedule=modal.Cron("0 9 * * *"))'], signature),
  ),
  ...[
    '',
    'enable_memory_snapshot=True',
    'enable_memory_snapshot=False',
    '**{"enable_memory_snapshot": True}',
  ].flatMap((cls) =>
    ['enter(snap=True)', 'enter(snap=False)'].map((enter) => onMethod([modal(enter)], 'def f(self)', cls)),
  ),
  onClass(['app.cls()']),
  onClass(['app.cls()', 'modal.concurrent(max_inputs=2)']),
  onClass(['modal.concurrent(max_inputs=2)', 'app.cls()']),
  onClass(['app.function()']),
  onFunction(['app.cls()']),
  onMethod(['app.function()']),
  onMethod(['app.function(serialized=True)']),
  `${head}def g():\n    @app.function()\n    def f():\n        pass\n\n\ng()\n`,
  `${head}def g():\n    @app.function(serialized=True)\n    def f():\n        pass\n\n\ng()\n`,
  `${head}if True:\n    @app.function()\n    def f():\n        pass\n`,
];

/** The same decorator twice, of which nobody needs to be told. */
const unknownToUs = /^InvalidError: Cannot set `\w+` twice/;

describe('the installed modal and the rules on decorators', () => {
  const samples: readonly Sample[] = files.map((text, at) => ({ id: String(at), text }));
  let said: Map<string, Said>;

  beforeAll(async () => {
    said = await askModal(await ensurePython(), samples);
  });

  const isError = (text: string) => diagnose(text, newestKnown).some(({ severity }) => severity === 'error');

  it('refuses every file that the doctor calls wrong', () => {
    const wrong = samples.filter(({ text }) => isError(text));
    expect(wrong.length).toBeGreaterThan(60);
    const taken = wrong.filter(({ id }) => said.get(id)?.outcome !== 'fails');
    expect(taken.map(({ text }) => [text, diagnose(text, newestKnown)])).toEqual([]);
  });

  it('refuses no other file, but for what no rule knows', () => {
    const missed = samples.filter(
      ({ id, text }) =>
        said.get(id)?.outcome === 'fails' && !isError(text) && !unknownToUs.test(said.get(id)?.words ?? ''),
    );
    expect(missed.map(({ id, text }) => [text.slice(head.length), said.get(id)?.words])).toEqual([]);
  });
});
