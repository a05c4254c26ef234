import type { SyntaxNode } from '@lezer/common';
import { childrenOf } from '../../../workspace/core/index.ts';
import type { Rule } from '../rule.ts';
import type { Check, Hit } from './check.ts';

const inClass = (body: string) => `import modal

app = modal.App("example")


@app.cls()
class Model:
${body}`;

const constructor: Rule = {
  code: 'class-constructor',
  what: '__init__ in a class of an app',
  advice: 'Name parameters by modal.parameter(), and load in a method with @modal.enter().',
  history: { replacedIn: '0.74.0', warnsSince: '0.74.0', failsSince: '1.6.0' },
  examples: {
    hit: inClass('    def __init__(self):\n        self.x = 1\n'),
    miss: `${inClass('    size: int = modal.parameter(default=1)\n')}

class Other:
    def __init__(self):
        pass
`,
  },
};

const context: Rule = {
  code: 'class-context',
  what: '__enter__ or __exit__ in a class of an app',
  advice: 'Nothing calls it in a container: use @modal.enter() and @modal.exit().',
  history: { ignoredSince: '0.73.0' },
  examples: {
    hit: inClass('    def __enter__(self):\n        self.x = 1\n'),
    miss: `${inClass('    @modal.enter()\n    def load(self):\n        self.x = 1\n')}

class Other:
    def __enter__(self):
        pass
`,
  },
};

/** Methods that Python calls and Modal does not. */
export const classMethods: Check = {
  rules: [constructor, context],
  *run({ file, sites }) {
    for (const { target, node } of sites) {
      const definition =
        target === 'app.cls' && node.name === 'Decorator' ? node.parent?.lastChild : undefined;
      if (definition?.name !== 'ClassDefinition') continue;
      for (const member of childrenOf(definition.getChild('Body'))) yield* methodHits(member, file.source);
    }
  },
};

function* methodHits(
  member: SyntaxNode,
  source: { textOf(range: { from: number; to: number }): string },
): Generator<Hit> {
  // A decorated one may be a lifecycle method by another name.
  const name = member.name === 'FunctionDefinition' ? member.getChild('VariableName') : null;
  if (!name) return;
  const { from, to } = name;
  const text = source.textOf(name);
  if (text === '__init__') yield { rule: constructor, from, to };
  if (/^__a?(?:enter|exit)__$/.test(text)) yield { rule: context, from, to };
}
