import type { Fix, Rule } from '../rule.ts';
import { namesOf } from '../bindings.ts';
import type { Check, CheckedFile, Hit } from './check.ts';
import type { DecoratedDefinition, ModalDecorator } from './decorated.ts';
import { decoratedDefinitions, isAsync, neededParameters } from './decorated.ts';

const inApp = (body: string) => `import modal

app = modal.App("example")


${body}`;
const inClass = (args: string, decorators: string) =>
  inApp(`@app.cls(${args})
class Model:
${decorators}
    def run(self):
        pass
`);

const order: Rule = {
  code: 'decorator-order',
  what: 'A decorator above the one of the app',
  advice: 'Put the decorator of the app on top.',
  history: { failsSince: 'always' },
  examples: {
    hit: inApp('@modal.asgi_app()\n@app.function()\ndef f():\n    pass\n'),
    miss: inApp('@app.function()\n@modal.asgi_app()\ndef f():\n    pass\n'),
  },
};

const target: Rule = {
  code: 'decorator-target',
  what: 'A decorator of the app here',
  advice: 'Functions of a module have @app.function, classes @app.cls, and their methods @modal.method.',
  history: { failsSince: 'always' },
  examples: {
    hit: inApp('@app.function()\nclass Model:\n    pass\n'),
    miss: inApp(`def make():
    @app.function(serialized=True)
    def inner():
        pass


@app.cls()
class Model:
    @modal.method()
    def run(self):
        pass
`),
  },
};

const pair: Rule = {
  code: 'decorator-pair',
  what: 'Two decorators that exclude each other',
  advice: 'Divide it into two functions.',
  history: { failsSince: 'always' },
  examples: {
    hit: inApp('@app.function()\n@modal.asgi_app()\n@modal.wsgi_app()\ndef f():\n    pass\n'),
    miss: inClass('', '    @modal.enter()\n    @modal.exit()'),
  },
};

const webParameters: Rule = {
  code: 'web-parameters',
  what: 'A function that makes a web app and has parameters',
  advice:
    'Modal calls it without arguments, and not in an event loop: make it a plain function without parameters.',
  history: { failsSince: 'always' },
  examples: {
    hit: inApp('@app.function()\n@modal.asgi_app()\ndef f(x):\n    pass\n'),
    miss: inClass('', '    @modal.asgi_app()'),
  },
};

const snapshot: Rule = {
  code: 'snapshot-enter',
  what: '@modal.enter(snap=True) in a class without memory snapshots',
  advice: 'Add enable_memory_snapshot=True to @app.cls.',
  history: { failsSince: 'always' },
  examples: {
    hit: inClass('', '    @modal.enter(snap=True)'),
    miss: inClass('enable_memory_snapshot=True', '    @modal.enter(snap=True)'),
  },
};

const concurrentMethod: Rule = {
  code: 'concurrent-method',
  what: '@modal.concurrent on a method',
  advice: 'Put it on the class, below @app.cls.',
  history: { failsSince: 'always' },
  examples: {
    hit: inClass('', '    @modal.method()\n    @modal.concurrent(max_inputs=2)'),
    miss: inApp('@app.cls()\n@modal.concurrent(max_inputs=2)\nclass Model:\n    pass\n'),
  },
};

const scheduleParameters: Rule = {
  code: 'schedule-parameters',
  what: 'A function with a schedule that must be given arguments',
  advice: 'Modal calls it without any: give each a default.',
  history: { failsSince: 'always' },
  examples: {
    hit: inApp('@app.function(schedule=modal.Period(days=1))\ndef f(x):\n    pass\n'),
    miss: inApp('@app.function(schedule=modal.Period(days=1))\ndef f(x=1):\n    pass\n'),
  },
};

const web = new Set(
  ['fastapi_endpoint', 'asgi_app', 'wsgi_app', 'web_server'].map((name) => `modal.${name}`),
);
const madeApps = new Set(['modal.asgi_app', 'modal.wsgi_app', 'modal.web_server']);
const callable = new Set(['modal.method', 'modal.batched']);
const lifecycle = new Set(['modal.enter', 'modal.exit']);
const belowApp = new Set([...web, 'modal.concurrent', 'modal.batched']);
const ofApp = new Set(['app.function', 'app.cls']);

/** Decorators in an order or on something that Modal refuses. */
export const combinations: Check = {
  rules: [order, target, pair, webParameters, snapshot, concurrentMethod, scheduleParameters],
  *run(checked) {
    const all = decoratedDefinitions(checked);
    for (const each of all) {
      yield* orderHits(each, checked);
      yield* targetHits(each, checked);
      yield* pairHits(each);
      yield* parameterHits(each, checked);
      yield* methodHits(each, all, checked);
    }
  },
};

function* orderHits({ decorators }: DecoratedDefinition, checked: CheckedFile): Generator<Hit> {
  const app = decorators.find((each) => ofApp.has(each.target));
  if (!app) return;
  const above = decorators.filter((each) => belowApp.has(each.target) && each.node.from < app.node.from);
  for (const each of above) {
    const fix = above.length === 1 ? moveBelow(each, app, checked) : undefined;
    yield {
      rule: order,
      ...placeOf(each),
      detail: `@${each.target} above @${app.target}`,
      ...(fix ? { fix } : {}),
    };
  }
}

function moveBelow(upper: ModalDecorator, app: ModalDecorator, { file }: CheckedFile): Fix | undefined {
  const next = upper.node.nextSibling;
  const after = app.node.nextSibling;
  if (next?.from !== app.node.from || !after) return undefined;
  const { source } = file;
  const between = source.textOf({ from: app.node.from, to: after.from });
  const moved = source.textOf({ from: upper.node.from, to: next.from });
  return {
    title: 'Put the decorator of the app on top',
    edits: [{ from: upper.node.from, to: after.from, text: between + moved }],
  };
}

function* targetHits(each: DecoratedDefinition, { file }: CheckedFile): Generator<Hit> {
  const isClass = each.definition.name === 'ClassDefinition';
  for (const decorator of each.decorators) {
    // Something of another library may be called the same; only what surely is an app is judged.
    if (file.kindOf(decorator.node.getChild('VariableName')) !== 'app') continue;
    const detail = wrongTarget(decorator, isClass, each, file);
    if (detail) yield { rule: target, ...placeOf(decorator), detail };
  }
}

function wrongTarget(
  { target: name, args }: ModalDecorator,
  isClass: boolean,
  { inside }: DecoratedDefinition,
  file: CheckedFile['file'],
): string | undefined {
  if (name === 'app.cls') return isClass ? undefined : '@app.cls on a function';
  if (name !== 'app.function') return undefined;
  if (isClass) return '@app.function on a class';
  if (inside === 'class') return '@app.function on a method';
  const serialized = args.find((each) => each.name === 'serialized');
  const isFree =
    args.some(({ unpacked }) => unpacked) || (serialized && file.valueOf(serialized.value) !== false);
  return inside === 'module' || isFree ? undefined : '@app.function on a function inside of another';
}

function* pairHits({ decorators }: DecoratedDefinition): Generator<Hit> {
  const [firstWeb, secondWeb] = decorators.filter((each) => web.has(each.target));
  const called = decorators.find((each) => callable.has(each.target));
  const life = decorators.find((each) => lifecycle.has(each.target));
  const pairs = [
    [firstWeb, secondWeb],
    [called, firstWeb],
    [life, firstWeb ?? called],
  ] as const;
  for (const [one, other] of pairs) {
    if (!one || !other) continue;
    yield { rule: pair, ...placeOf(other), detail: `@${other.target} together with @${one.target}` };
    return;
  }
}

function* parameterHits(
  { definition, decorators, inside, hasOthers }: DecoratedDefinition,
  checked: CheckedFile,
): Generator<Hit> {
  if (hasOthers || definition.name !== 'FunctionDefinition') return;
  const needed = neededParameters(definition, inside === 'class');
  const made = decorators.find((each) => madeApps.has(each.target));
  if (made && isAsync(definition))
    yield { rule: webParameters, ...placeOf(made), detail: `@${made.target} on an async function` };
  else if (made && needed > 0)
    yield { rule: webParameters, ...placeOf(made), detail: `@${made.target} on a function with parameters` };
  const scheduled = decorators.find((each) => each.target === 'app.function');
  const schedule = scheduled?.args.find(({ name }) => name === 'schedule');
  if (!schedule || needed === 0 || checked.file.valueOf(schedule.value) === null) return;
  yield { rule: scheduleParameters, from: schedule.value.from, to: schedule.value.to };
}

function* methodHits(
  { definition, decorators, inside }: DecoratedDefinition,
  all: readonly DecoratedDefinition[],
  { file }: CheckedFile,
): Generator<Hit> {
  if (inside !== 'class') return;
  const owner = all.find(
    (each) =>
      each.definition.name === 'ClassDefinition' &&
      each.definition.from < definition.from &&
      each.definition.to >= definition.to,
  );
  const cls = owner?.decorators.find((each) => each.target === 'app.cls');
  if (!cls) return;
  const concurrent = decorators.find((each) => each.target === 'modal.concurrent');
  if (concurrent) yield { rule: concurrentMethod, ...placeOf(concurrent) };
  const enter = decorators.find((each) => each.target === 'modal.enter');
  const snap = enter?.args.find(({ name }) => name === 'snap');
  if (!enter || !snap || file.valueOf(snap.value) !== true) return;
  const enabled = cls.args.find(({ name }) => name === 'enable_memory_snapshot');
  const isOpen = cls.args.some(({ unpacked }) => unpacked);
  if (enabled ? file.valueOf(enabled.value) === false : !isOpen) yield { rule: snapshot, ...placeOf(enter) };
}

function placeOf({ node }: ModalDecorator): { from: number; to: number } {
  return { from: node.from, to: namesOf(node).at(-1)?.to ?? node.to };
}
