import { describe, expect, it } from 'vitest';
import { wantedAt } from '../../../../src/features/doctor/core/help/wanted.ts';

const head = `import modal
import modal as m
from modal import App as A, Secret as S, Sandbox

app = A("x")
`;

/** `|` is where the cursor stands. */
function wanted(body: string, before = head) {
  const marked = before + body;
  const at = marked.indexOf('|', before.length);
  return wantedAt(marked.slice(0, at) + marked.slice(at + 1), at);
}

const meaning = (body: string) => wanted(body)?.meaning;

describe('a GPU is meant', () => {
  it.each([
    '@app.function(gpu="|")\ndef f(): ...\n',
    "@app.function(gpu='H1|')\ndef f(): ...\n",
    '@app.cls(gpu=["H100", "|"])\nclass M: ...\n',
    '@app.function(gpu="T4" if small else "|")\ndef f(): ...\n',
    'm.Cls.from_name("a", "b").with_options(gpu="|")\n',
    'm.Function.from_name("a", "b").with_options(gpu="|")\n',
    'Sandbox.create(app=app, gpu="|")\n',
    'image = m.Image.debian_slim().run_commands("make", gpu="|")\n',
    'GPU = "|"\n\n\n@app.function(gpu=GPU)\ndef f(): ...\n',
    'def build():\n    return Sandbox.create(gpu="|", app=app)\n',
  ])('in %j', (body) => {
    expect(meaning(body)).toEqual({ of: 'gpu' });
  });

  it.each([
    '@app.function(gpu="|\ndef f(): ...\n',
    '@app.function(gpu="|"\ndef f(): ...\n',
    '@app.function(\n    timeout=3,\n    gpu=["H100", "|\ndef f(): ...\n',
    '@app.function(gpu="|, timeout=3)\ndef f(): ...\n',
    'class Other:\n    def run(self):\n        Sandbox.create(gpu="|',
    'def broken(:\n    pass\n\n\n@app.function(gpu="|")\ndef f(): ...\n',
    'x = (1,\n\n@app.function(gpu="|")\ndef f(): ...\n',
    'x = (1,\n\n@app.function(gpu=["|\ndef f(): ...\n',
    'def g(:\n    pass\n\n\nprint([1,\n\n@app.cls(gpu=["H100", "|\nclass M: ...\n',
    '# a comment with """\n@app.function(gpu="|")\ndef f(): ...\n',
  ])('while %j is typed', (body) => {
    expect(meaning(body)).toEqual({ of: 'gpu' });
  });

  it.each([
    ['H1|00', 'H1', 'H100'],
    ['H100|:2', 'H100', 'H100'],
    ['H100:|2', 'H100:', 'H100:2'],
  ])('in %s, and what is replaced leaves a count behind it', (body, typed, replaced) => {
    const found = wanted(`@app.function(gpu="${body}")\ndef f(): ...\n`);
    expect([found?.typed, (found?.to ?? 0) - (found?.from ?? 0)]).toEqual([typed, replaced.length]);
  });
});

it('a missing quote does not make the code behind it a part of what is replaced', () => {
  const found = wanted('@app.function(gpu="H|, name="x")\ndef f(): ...\n');
  expect([found?.meaning.of, (found?.to ?? 0) - (found?.from ?? 0)]).toEqual(['gpu', 1]);
});

describe('nothing is meant', () => {
  it.each([
    ['by the text alone', 'other(gpu="|")\n'],
    ['by a name that a function gives another meaning', 'def f(S):\n    S.from_name("|")\n'],
    ['by arguments of the user’s own functions', 'm.Function.from_name("a", "b").remote(gpu="|")\n'],
    ['in a comment', '# modal.Secret.from_name("|")\n'],
    ['in a docstring', '"""modal.Secret.from_name("|")"""\n'],
    ['in bytes', 'S.from_name(b"|")\n'],
    ['in a formatted text', 'S.from_name(f"|")\n'],
    ['behind the text', '@app.function(gpu="T4"|)\ndef f(): ...\n'],
    ['in a condition', '@app.function(gpu="T4" if "|" else None)\ndef f(): ...\n'],
    ['in a second place', 'S.from_name("a", "|")\n'],
  ])('%s', (_, body) => {
    expect(meaning(body)).toBeUndefined();
  });

  it('in a file that has another modal', () => {
    expect(wanted('modal.Secret.from_name("|")\n', 'def modal(): ...\n')).toBeUndefined();
    expect(wanted('app.function(gpu="|")\n', 'import flask\n')).toBeUndefined();
  });
});

describe('names of the account', () => {
  it.each([
    ['S.from_name("|")', { of: 'secret', environment: '' }],
    ['m.Volume.from_name("|", create_if_missing=True)', { of: 'volume', environment: '' }],
    ['modal.Dict.from_name("|", environment_name="dev")', { of: 'dict', environment: 'dev' }],
    ['modal.Queue.from_name(name="|")', { of: 'queue', environment: '' }],
    ['modal.Queue.from_name("|", environment_name=which)', { of: 'queue', environment: undefined }],
    ['modal.Volume.from_name("v", environment_name="|")', { of: 'environment', environment: '' }],
    ['A.lookup("|")', { of: 'app', environment: '' }],
    ['modal.Function.from_name("|", "f")', { of: 'app', environment: '' }],
    ['modal.Function.from_name("a", "|")', { of: 'function', environment: '', app: 'a' }],
    ['modal.Cls.from_name(app_name="a", name="|")', { of: 'cls', environment: '', app: 'a' }],
    ['modal.Server.from_name(which, "|")', { of: 'server', environment: '', app: undefined }],
    ['modal.Secret.from_name("|', { of: 'secret', environment: '' }],
  ])('%s', (body, expected) => {
    expect(meaning(`x = ${body}\n`)).toEqual(expected);
  });
});

describe('places', () => {
  it.each([
    ['@app.function(region=["us", "|"])\ndef f(): ...\n', 'region'],
    ['@app.server(compute_region="|")\nclass W: ...\n', 'region'],
    ['@app.server(routing_region="|")\nclass W: ...\n', 'routingRegion'],
    ['@app.function(cloud="|")\ndef f(): ...\n', 'cloud'],
  ])('%j', (body, of) => {
    expect(meaning(body)).toEqual({ of });
  });
});
