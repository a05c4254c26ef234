import { existsSync, readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ModalScript, ScriptApp, ScriptParameter, SourcePlace } from '../../../src/domain/script.ts';
import { appReference, runnables, webFunctions } from '../../../src/domain/script.ts';
import { parseScript } from '../../../src/features/workspace/core/parseScript.ts';
import { readScript } from '../../../src/features/workspace/core/readScript.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const app = (text: string): ScriptApp => {
  const { apps } = parseScript(text);
  expect(apps).toHaveLength(1);
  return apps[0]!;
};
/** Hundreds of texts take as long as a busy machine needs. */
const patient = 120_000;
/** The only unit of an app whose function has this decorator call. */
const unit = (args: string, before = '') =>
  app(`import modal\n${before}\napp = modal.App("x")\n@app.function(${args})\ndef f(): pass\n`).units[0]!;

describe('apps', () => {
  it.each([
    ['app = modal.App("one")', undefined],
    ['app = modal.App("one").include(other)', true],
    ['app = modal.App("one")\napp.include(a).include(b)', true],
    ['app = modal.App("one")\nfor a in apps:\n    app.include(a)', true],
    ['app = modal.App("one")\napp = app.include(a)', true],
    ['app = modal.App("one")\nother.include(a)', undefined],
  ])('say whether they take in others: %j', (text, includes) => {
    expect(app(`import modal\n${text}\n`).includes).toBe(includes);
  });

  it.each([
    ['import modal\napp = modal.App("one")', 'app', 'one'],
    ['import modal as m\nweb = m.App("one")', 'web', 'one'],
    ['from modal import App\napp = App("one")', 'app', 'one'],
    ['from modal import (\n    App as A,\n    Image,\n)\napp = A("one")', 'app', 'one'],
    ['from modal import *\napp = App("one")', 'app', 'one'],
    ['import modal\napp = modal.App(name="one")', 'app', 'one'],
    ['import modal\napp: modal.App = modal.App("one", image=None)', 'app', 'one'],
    ['import modal\napp = (modal.App("one"))', 'app', 'one'],
    ['import modal\napp = modal.App("one").include(other)', 'app', 'one'],
    ['import modal\nNAME = "one"\napp = modal.App(NAME)', 'app', 'one'],
    ['import modal\nBASE = "on"\nNAME = f"{BASE}e"\napp = modal.App(NAME)', 'app', 'one'],
    ['import modal\napp = modal.App(f"one")', 'app', 'one'],
    ['import modal\napp = modal.App("o" "ne")', 'app', 'one'],
    ['import modal\nstub = modal.Stub("one")', 'stub', 'one'],
    ['import modal; app = modal.App("one")', 'app', 'one'],
    [
      'try:\n    import modal\nexcept ImportError:\n    pass\nelse:\n    app = modal.App("one")',
      'app',
      'one',
    ],
    ['import modal\napp = modal.App()', 'app', undefined],
    ['import modal, os\napp = modal.App(os.environ.get("NAME", "x"))', 'app', undefined],
    ['import modal\nNAME = "a"\nNAME = "b"\napp = modal.App(NAME)', 'app', undefined],
    ['import modal\nNAME = "a"\nNAME += "b"\napp = modal.App(NAME)', 'app', undefined],
    ['import modal\napp = modal.App(f"one-{user}")', 'app', undefined],
    ['import modal\nA = B\nB = A\napp = modal.App(A)', 'app', undefined],
    ['import modal\nif x:\n    app = modal.App("a")\nelse:\n    app = modal.App("b")', 'app', undefined],
  ])('%j', (text, variable, name) => {
    expect(app(text).variable).toBe(variable);
    expect(app(text).name).toBe(name);
  });

  it.each([
    ['only in a docstring', '"""\nimport modal\napp = modal.App("x")\n"""\nimport modal\n'],
    ['only in a comment', 'import modal\n# app = modal.App("x")\n'],
    ['of another module', 'import other as modal\napp = modal.App("x")\n'],
    ['of another library', 'from flask import App\napp = App("x")\n'],
    ['inside a function', 'import modal\ndef make():\n    app = modal.App("x")\n'],
    ['looked up, not defined', 'import modal\napp = modal.App.lookup("x")\n'],
    ['below the main guard', 'import modal\nif __name__ == "__main__":\n    app = modal.App("x")\n'],
  ])('none that is %s', (_, text) => {
    expect(parseScript(text)).toMatchObject({ apps: [], problems: [] });
  });

  it('several in one file, each with its own functions', () => {
    const { apps } = parseScript(
      'import modal\na = modal.App("a")\nb = modal.App("b")\n@a.function()\ndef f(): pass\n@b.function()\ndef g(): pass\n',
    );
    expect(apps.map(({ variable, units }) => [variable, units.map(({ name }) => name)])).toEqual([
      ['a', ['f']],
      ['b', ['g']],
    ]);
  });

  it('functions of an app that another file defines are left out', () => {
    const text =
      'import modal\nfrom common import app\nown = modal.App("x")\n@app.function()\ndef f(): pass\n';
    expect(app(text).units).toEqual([]);
  });

  it('two names for one app are one app', () => {
    const text = 'import modal\napp = stub = modal.App("x")\nalias = app\n@alias.function()\ndef f(): pass\n';
    expect(app(text)).toMatchObject({ variable: 'app', units: [{ name: 'f' }] });
  });
});

describe('functions', () => {
  it.each([
    ['', []],
    ['gpu=None', []],
    ['gpu="H100:2"', ['H100:2']],
    ['gpu=["H100", "A100-40GB:2"]', ['H100', 'A100-40GB:2']],
    ['gpu=GPU', ['L4']],
    ['gpu=f"{GPU}:{COUNT}"', ['L4:2']],
    ['gpu=os.environ["GPU"]', undefined],
    ['gpu=modal.gpu.H100(count=2)', ['H100:2']],
    ['gpu=modal.gpu.A100()', ['A100-40GB']],
    ['gpu=modal.gpu.A100(size="80GB", count=4)', ['A100-80GB:4']],
    ['gpu=modal.gpu.A100(count=many)', undefined],
    ['gpu=False', []],
    ['**{"gpu": "T4"}', ['T4']],
    ['**OPTS', ['A10']],
    ['**{**OPTS, "gpu": GPU}', ['L4']],
    ['**dict(gpu="T4")', ['T4']],
    ['gpu=MODELS["big"]["gpu"]', ['H100']],
    ['gpu=MODELS[pick]["gpu"]', undefined],
    ['gpu=CHANGED["gpu"]', undefined],
    ['gpu=["H100", *more]', undefined],
    ['gpu="H100" if big else None', undefined],
    ['**options', undefined],
    ['gpu="T4", **options', ['T4']],
  ])('GPUs of (%s)', (args, gpus) => {
    const constants = `GPU = "L4"
COUNT = 2
OPTS = {"gpu": "A10", "timeout": 3}
MODELS = {"big": {"gpu": "H100"}}
CHANGED = {"gpu": "T4"}
def change():
    CHANGED["gpu"] = "H100"
`;
    expect(unit(args, constants).gpus).toEqual(gpus);
  });

  it.each([
    ['', 0],
    ['min_containers=3', 3],
    ['min_containers=WARM', 2],
    ['min_containers=None', 0],
    ['keep_warm=1', 1],
    ['min_containers=settings.warm', undefined],
    ['**options', undefined],
  ])('containers kept by (%s)', (args, count) => {
    expect(unit(args, 'WARM = 2').minContainers).toBe(count);
  });

  it('secrets, of the app and of the function, also through a name', () => {
    const text = `import modal
hub = modal.Secret.from_name("hub")
app = modal.App("x", secrets=[modal.Secret.from_name("all")])
@app.function(secrets=[hub, modal.Secret.from_name(name="own"), modal.Secret.from_dict({"A": "b"})])
def f(): pass
`;
    expect(app(text).units[0]!.secrets).toEqual(['all', 'hub', 'own']);
  });

  it.each([
    ['@modal.fastapi_endpoint(method="POST")', 'fastapi_endpoint'],
    ['@modal.concurrent(max_inputs=9)\n@modal.asgi_app()', 'asgi_app'],
    ['@modal.wsgi_app()', 'wsgi_app'],
    ['@modal.web_server(8000)', 'web_server'],
    ['@endpoint()', 'fastapi_endpoint'],
    ['@modal.concurrent(max_inputs=9)', undefined],
  ])('what answers the web: %s', (decorators, web) => {
    const text = `import modal\nfrom modal import fastapi_endpoint as endpoint\napp = modal.App("x")\n@app.function()\n${decorators}\ndef f(): pass\n`;
    expect(app(text).units[0]!.functions[0]!.web).toBe(web);
  });

  it('classes with methods, their web functions and parameters', () => {
    const found = app(`import modal
app = modal.App("x")
@app.cls(gpu="A10", min_containers=1)
@modal.concurrent(max_inputs=4)
class Model:
    size: int = modal.parameter(default=3)
    name: str = modal.parameter()
    plain: int = 4
    @modal.enter()
    def load(self): pass
    @modal.method()
    def run(self, text: str): pass
    @modal.batched(max_batch_size=4, wait_ms=10)
    def many(self, texts): pass
    @modal.asgi_app()
    def web(self): pass
    def helper(self): pass
@app.server(port=8000, gpu="H100")
class Engine:
    @modal.enter()
    def start(self): pass
`);
    expect(found.units).toMatchObject([
      { kind: 'class', name: 'Model', gpus: ['A10'], minContainers: 1 },
      { kind: 'class', name: 'Engine', gpus: ['H100'], functions: [{ name: 'Engine', web: 'server' }] },
    ]);
    const [run, many, web] = found.units[0]!.functions;
    expect([run, many, web].map((fn) => fn?.name)).toEqual(['Model.run', 'Model.many', 'Model.web']);
    expect(run?.parameters.map(({ name }) => name)).toEqual(['size', 'name', 'text']);
    expect(run?.parameters[0]).toMatchObject({ defaultValue: '3', defaultInput: '3' });
    expect(run?.parameters[1]).not.toHaveProperty('defaultValue');
    expect(runnables(found).map(({ name }) => name)).toEqual(['Model.run', 'Model.many']);
  });

  it('in branches, and not in functions', () => {
    const text = `import modal
app = modal.App("x")
if True:
    try:
        @app.function()
        def f(): pass
    finally:
        pass
def make():
    @app.function()
    def g(): pass
`;
    expect(app(text).units.map(({ name }) => name)).toEqual(['f']);
  });

  it.each([
    ['yield 1', true],
    ['yield', true],
    ['x = yield', true],
    ['x = None', undefined],
    ['g = lambda: (yield 1)', undefined],
    ['def inner():\n        yield 1', undefined],
  ])('generators: %j', (body, generator) => {
    const text = `import modal\napp = modal.App("x")\n@app.function()\ndef f():\n    ${body}\n`;
    expect(app(text).units[0]!.functions[0]!.generator).toBe(generator);
  });

  it('answer requests by the name under which they are deployed', () => {
    const { units } = app(`import modal
app = modal.App("x")
@app.function(name="site-v2")
@modal.asgi_app()
def site(): ...
@app.cls()
class Model:
    @modal.fastapi_endpoint()
    def ask(self): ...
    @modal.method()
    def inner(self): ...
@app.function(name=pick())
@modal.fastapi_endpoint()
def late(): ...
`);
    expect(webFunctions(units).map(({ fn, deployedAs }) => [fn.name, deployedAs])).toEqual([
      ['site', 'site-v2'],
      ['Model.ask', 'Model.ask'],
      ['late', undefined],
    ]);
  });

  it('say where they are and where their decorators begin', () => {
    const text =
      'import modal\napp = modal.App("x")\n\n@app.function()\n@modal.concurrent()\nasync def f(): pass\n';
    expect(app(text)).toMatchObject({ line: 2, column: 1 });
    expect(app(text).units[0]).toMatchObject({ line: 6, column: 11, firstLine: 4 });
  });
});

describe('parameters', () => {
  const parameter = (written: string): ScriptParameter =>
    app(
      `import modal, datetime, typing as t\nfrom datetime import datetime as dt\nfrom typing import *\nfrom typing import Optional, Literal, Union, Annotated\napp = modal.App("x")\nN = 7\n@app.local_entrypoint()\ndef main(${written}): pass\n`,
    ).entryPoints[0]!.parameters.at(-1)!;

  it.each([
    ['x', 'any'],
    ['x: str', 'str'],
    ['x: int', 'int'],
    ['x: float', 'float'],
    ['x: bool', 'bool'],
    ['x: datetime.datetime', 'datetime'],
    ['x: dt', 'datetime'],
    ['x: Optional[int]', 'int'],
    ['x: t.Optional[int]', 'int'],
    ['x: Union[int, None]', 'int'],
    ['x: int | None', 'int'],
    ['x: "int"', 'int'],
    ['x: "Optional[int]"', 'int'],
    ['x: Annotated[int, "more"]', 'int'],
    ['*x', 'words'],
    ['*, x: int', 'int'],
    ['a, /, x: int', 'int'],
    // The CLI refuses these.
    ['x: None | int', 'unsupported'],
    ['x: Any', 'unsupported'],
    ['x: list[str]', 'unsupported'],
    ['x: int | str', 'unsupported'],
    ['x: Optional[Literal["a"]]', 'unsupported'],
    ['x: Literal["a", 1]', 'unsupported'],
    ['x: date', 'unsupported'],
    ['**x', 'unsupported'],
  ])('%s is %s', (written, kind) => {
    expect(parameter(written)).toMatchObject({ name: 'x', type: { kind } });
  });

  it.each([
    ['x: Literal["a", "b"]', ['a', 'b']],
    ['x: t.Literal[1, -2]', ['1', '-2']],
    [`x: "Literal['a']"`, ['a']],
  ])('choices of %s', (written, choices) => {
    expect(parameter(written).type).toEqual({ kind: 'choice', choices });
  });

  it.each([
    ['x: int', undefined, undefined],
    ['x: int = 3', '3', '3'],
    ['x: float = -1.', '-1.', '-1'],
    ['x: str = "a b"', '"a b"', 'a b'],
    ['x: bool = True', 'True', 'true'],
    ['x: int = N', 'N', '7'],
    ['x: str | None = None', 'None', undefined],
    ['x: str = compute()', 'compute()', undefined],
  ])('default of %s', (written, defaultValue, defaultInput) => {
    const found = parameter(written);
    expect([found.defaultValue, found.defaultInput]).toEqual([defaultValue, defaultInput]);
  });
});

describe('syntax errors', () => {
  const good = 'import modal\napp = modal.App("x")\n@app.function()\ndef f(): pass\n';
  it.each([
    ['an open bracket at the end', `${good}x = (\n`, 5, 'never closed'],
    ['an open call', `${good}print(1\ny = 2\n`, 5, ''],
    ['a missing colon', `${good}def g()\n    pass\n`, 5, ''],
    ['two operators', `${good}x = = 3\n`, 5, ''],
    ['a broken decorator', `${good}@app.function(\ndef g(): pass\n`, 5, 'A bracket is not closed'],
  ])('%s: the rest is read', async (_, text, line, words) => {
    const script = await readScript(text);
    expect(script.apps[0]).toMatchObject({ name: 'x' });
    expect(script.apps[0]!.units[0]).toMatchObject({ name: 'f' });
    expect(script.problems[0]!.message).toContain(words);
    expect([line, line + 1]).toContain(script.problems[0]!.line);
  });

  it.each([
    'x = [1., 2., -3.]\n',
    'def g():\n    yield\n    x = yield\n    y = (yield)\n',
    'for a, *b in c: pass\nx = [1 for *_, d in e]\n',
    'with a() as (b, c): pass\nasync def f():\n    async with a() as (b, c):\n        pass\n',
    'with (open("a") as f, open("b") as g):\n    pass\n',
    'match x:\n    case int(): pass\n    case {}: pass\n    case [1, *_]: pass\n',
    'x = f"{a!r:>{w}} {{}} {b=}"\ny = rf"\\d{{2}}"\n',
    'type X = int\ndef f[T](x: T) -> T: ...\n',
    'def f(a, /, b, *, c): return (d := 3)\n',
    'try:\n    pass\nexcept* ValueError:\n    pass\n',
    'match a, b:\n    case "issues", "opened":\n        pass\n',
    'with open_it() as (\n    a, b):\n    pass\nwith m as (self.a, self.b), n as self.c:\n    pass\n',
    'y = x[*idx]\nf = lambda a, /, b: a\nfor x in *a, 3: pass\n\f\nlazy import numpy as np\nz = t"{x}"\n',
    '@(f if x else lambda f: f)\n@make()(1)\n@make().on("x")\n@lambda f: f\n@a[0]\ndef g(): pass\n',
  ])('none in %j', async (text) => {
    expect((await readScript(text)).problems).toEqual([]);
  });
});

describe('any text', () => {
  const files = [
    'modal_apps/vllm/app.py',
    'modal_apps/documents/app.py',
    'test/simulator/tests/apps/kinds.py',
  ].map((file) => readFileSync(path.join(root, file), 'utf8'));

  const places = ({ apps, problems }: ModalScript): SourcePlace[] => [
    ...problems,
    ...apps,
    ...apps.flatMap(({ units, entryPoints }) => [
      ...entryPoints,
      ...units,
      ...units.flatMap((u) => u.functions),
    ]),
  ];

  it(
    'cut anywhere is read without an error, and every place is in it',
    () => {
      fc.assert(
        fc.property(fc.constantFrom(...files), fc.nat(), fc.nat(), (text, from, length) => {
          const start = from % text.length;
          const part = text.slice(start, start + (length % text.length));
          const lines = part.split('\n');
          for (const { line, column } of places(parseScript(part))) {
            expect(line).toBeLessThanOrEqual(lines.length);
            expect(column).toBeLessThanOrEqual((lines[line - 1] ?? '').length + 1);
          }
        }),
        { numRuns: 300 },
      );
    },
    patient,
  );

  it(
    'of letters, signs and indents is read without an error',
    () => {
      const sign = fc.constantFrom(
        '(',
        ')',
        '[',
        '{',
        '"',
        "'",
        '"""',
        '@',
        'app',
        '=',
        ':',
        '\n',
        '  ',
        'def f',
        'f"{',
        '\\',
        '*',
        '0.',
        'é',
        '\t',
        'modal.App',
        '\0',
      );
      fc.assert(fc.property(fc.array(sign, { maxLength: 60 }), (signs) => void parseScript(signs.join(''))));
      fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void parseScript(text)));
    },
    patient,
  );

  it('names stand where the places say', () => {
    for (const text of files) {
      const lines = text.split('\n');
      for (const { units, entryPoints, variable, line, column } of parseScript(text).apps) {
        const named = [
          ...entryPoints,
          ...units,
          ...units.flatMap((u) => u.functions),
          { name: variable, line, column },
        ];
        for (const { name, line: at, column: from } of named) {
          const word = name.split('.').at(-1)!;
          expect(lines[at - 1]!.slice(from - 1, from - 1 + word.length)).toBe(word);
        }
      }
    }
  });

  it('of every bundled app has its app and no syntax error', async () => {
    const folder = path.join(root, 'modal_apps');
    const files = (await readdir(folder)).map((name) => path.join(folder, name, 'app.py')).filter(existsSync);
    expect(files.length).toBeGreaterThan(4);
    for (const file of files) {
      const script = parseScript(readFileSync(file, 'utf8'));
      expect(script, file).toMatchObject({ apps: [{ variable: 'app' }], problems: [] });
    }
  });
});

describe('the reference for the CLI', () => {
  const one = { variable: 'app' } as ScriptApp;
  const other = { variable: 'web' } as ScriptApp;
  it('names the variable only where the CLI needs it', () => {
    expect(appReference('/a.py', undefined, false)).toBe('/a.py');
    expect(appReference('/a.py', one, false)).toBe('/a.py');
    expect(appReference('/a.py', one, true)).toBe('/a.py::app');
    expect(appReference('/a.py', other, false)).toBe('/a.py::web');
  });
});
