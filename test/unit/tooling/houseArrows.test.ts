import path from 'node:path';
import { Linter } from 'eslint';
import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import house from '../../../scripts/houseArrows.mjs';

const root = path.resolve(import.meta.dirname, '../../..');
const linter = new Linter({ cwd: root });

const config: Linter.Config = {
  files: ['**/*.ts'],
  plugins: { house },
  rules: { 'house/arrows': 'error' },
};

function objections(file: string, imported: string): string[] {
  const code = `import { x } from '${imported}'; void x;`;
  return linter.verify(code, [config], path.join(root, 'src', file)).map(({ message }) => message);
}

describe('an import that the layout forbids is refused', () => {
  it.each([
    ['domain/app.ts', '../store/appStore.ts'],
    ['shared/text.ts', '../domain/app.ts'],
    ['modal/sdk.ts', '../store/appStore.ts'],
    ['store/appStore.ts', '../features/logs/core/index.ts'],
    ['editor/config.ts', '../features/apps/index.ts'],
    ['modal/sdk.ts', 'vscode'],
    ['features/logs/core/follower.ts', 'vscode'],
    ['features/logs/core/follower.ts', '../../../editor/config.ts'],
    ['features/logs/core/follower.ts', '../ui/logsView.ts'],
    ['features/logs/core/follower.ts', '../../deploy/index.ts'],
    ['features/logs/view/main.ts', '../ui/logsView.ts'],
    ['features/logs/view/main.ts', '../core/follower.ts'],
    ['features/logs/view/main.ts', '../../../store/appStore.ts'],
    ['features/logs/view/main.ts', '../../requests/messages.ts'],
    ['features/logs/messages.ts', './ui/logsView.ts'],
    ['features/logs/ui/logsView.ts', '../view/main.ts'],
    ['features/logs/ui/logsView.ts', '../../apps/ui/appsView.ts'],
    ['features/logs/ui/logsView.ts', '../../apps/core/appFilter.ts'],
    ['features/logs/ui/logsView.ts', '../../../composition.ts'],
    ['composition.ts', './features/logs/ui/logsView.ts'],
    ['commands/commandTable.ts', '../features/logs/ui/logsView.ts'],
  ])('%s → %s', (file, imported) => {
    expect(objections(file, imported)).toHaveLength(1);
  });

  it('also where only a type is imported, or at run time', () => {
    const file = path.join(root, 'src/features/logs/core/follower.ts');
    const code = "void import('../../apps/ui/appsView.ts'); export * from '../../../editor/config.ts';";
    expect(linter.verify(code, [config], file)).toHaveLength(2);
  });
});

it.each([
  ['features/logs/ui/logsView.ts', '../../apps/index.ts'],
  ['features/logs/ui/logsView.ts', '../../apps/core/index.ts'],
  ['features/logs/ui/logsView.ts', '../../apps/lazy.ts'],
  ['features/logs/ui/logsView.ts', '../core/follower.ts'],
  ['features/logs/ui/logsView.ts', '../messages.ts'],
  ['features/logs/view/main.ts', '../messages.ts'],
  ['features/logs/view/main.ts', '../../../shared/view/icons.ts'],
  ['features/logs/core/follower.ts', '../../requests/core/index.ts'],
  ['features/logs/core/follower.ts', '../../../store/rates.ts'],
  ['features/logs/index.ts', './ui/logsView.ts'],
  ['features/logs/lazy.ts', './core/follower.ts'],
  ['features/logs/ui/logsView.ts', '../../../contributions.ts'],
])('the layout allows %s → %s', (file, imported) => {
  expect(objections(file, imported)).toEqual([]);
});

/** Files that import each other, in groups; what is loaded at run time stands behind a door and is not counted. */
function circles(): string[][] {
  const files = globSync('src/**/*.ts', { cwd: root });
  const arrows = new Map(
    files.map((file) => {
      const text = readFileSync(path.join(root, file), 'utf8');
      const found = text.matchAll(/(import\(\s*)?(?<=['"])(?=\.\.?\/)([^'"\n]+\.ts)(?=['"])/g);
      const targets = [...found].map(([, , target = '']) => path.join(path.dirname(file), target));
      return [file, targets] as const;
    }),
  );
  const lazy = /[/\\]lazy\.ts$/;
  const reach = (from: string): Set<string> => {
    const seen = new Set<string>();
    const queue = [from];
    for (let file = queue.pop(); file !== undefined; file = queue.pop())
      for (const target of arrows.get(file) ?? []) {
        if (lazy.test(target) || seen.has(target)) continue;
        seen.add(target);
        queue.push(target);
      }
    return seen;
  };
  const all = new Map(files.map((file) => [file, reach(file)]));
  const inCircles = files.filter((file) => all.get(file)?.has(file));
  return inCircles.map((file) => [file, ...(arrows.get(file) ?? []).filter((to) => all.get(to)?.has(file))]);
}

it('no file imports itself by way of others, not even for a type', () => {
  expect(circles()).toEqual([]);
});
