import type { Rule } from '../rule.ts';
import { namesOf } from '../bindings.ts';
import type { Check } from './check.ts';

const rule: Rule = {
  code: 'bare-decorator',
  what: 'A decorator of Modal without brackets',
  advice: 'Add ().',
  history: { failsSince: 'always' },
  examples: {
    hit: `import modal

app = modal.App("example")


@app.function
def f():
    pass
`,
    miss: `import modal

app = modal.App("example")
gpu = app.function(gpu="T4")


@gpu
def f():
    pass
`,
  },
};

const called = new Set([
  'app.function',
  'app.cls',
  'app.server',
  'app.local_entrypoint',
  ...[
    'method',
    'enter',
    'exit',
    'batched',
    'concurrent',
    'fastapi_endpoint',
    'asgi_app',
    'wsgi_app',
    'web_server',
  ].map((name) => `modal.${name}`),
]);

/** `@app.function` in place of `@app.function()`. */
export const bareDecorators: Check = {
  rules: [rule],
  *run({ sites }) {
    for (const { target, node } of sites) {
      if (node.name !== 'Decorator' || !called.has(target) || node.getChild('ArgList')) continue;
      const last = namesOf(node).at(-1);
      if (!last) continue;
      const at = node.from;
      yield {
        rule,
        from: at,
        to: last.to,
        // `concurrent` and `batched` need values that only a person knows.
        ...(/\.(?:concurrent|batched|web_server)$/.test(target)
          ? {}
          : { fix: { title: 'Add ()', edits: [{ from: last.to, to: last.to, text: '()' }] } }),
      };
    }
  },
};
