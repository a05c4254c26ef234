import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { entryModules } from '../../scripts/build.ts';

const root = path.resolve(import.meta.dirname, '../..');

describe('what is evaluated at every start', () => {
  it('holds nothing large that can be loaded on first use', async () => {
    const modules = await entryModules();
    expect(modules).toContain('src/extension.ts');
    expect(
      modules.filter((file) => /node_modules\/(?:zod|modal|undici)\/|^src\/domain\/credentials\//.test(file)),
    ).toEqual([]);
  });

  it('imports the editor in the one form that the build makes cheap', async () => {
    const files = (await readdir(path.join(root, 'src'), { recursive: true })).filter((file) =>
      file.endsWith('.ts'),
    );
    const imports = files.flatMap((file) =>
      [
        ...readFileSync(path.join(root, 'src', file), 'utf8').matchAll(
          /^import (?!type).* from 'vscode';$/gm,
        ),
      ].map(([line]) => `${file}: ${line}`),
    );
    expect(imports.length).toBeGreaterThan(10);
    expect(imports.filter((line) => !line.endsWith(": import * as vscode from 'vscode';"))).toEqual([]);
  });
});
