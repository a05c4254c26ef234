import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../../../scripts/root.ts';

const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
const names = globSync('.github/workflows/*', { cwd: root })
  .map((file) => path.basename(file))
  .sort();
const workflows = names.map((name) => ({ name, lines: read(`.github/workflows/${name}`).split('\n') }));
const every = (pattern: RegExp) =>
  workflows.flatMap(({ name, lines }) =>
    lines.filter((line) => pattern.test(line)).map((line) => ({ name, line })),
  );

describe('the workflows', () => {
  it('take every action at a commit, and each at one commit only', () => {
    const uses = every(/^\s*(?:- )?uses:/).map(({ line }) => line.trim().replace(/^(?:- )?uses: /, ''));
    const foreign = uses.filter((use) => !use.startsWith('./'));
    expect(foreign.length).toBeGreaterThan(10);
    const pinned = /^actions\/[a-z-]+@[\da-f]{40} # v\d+\.\d+\.\d+$/;
    expect(foreign.filter((use) => !pinned.test(use))).toEqual([]);
    const actions = new Set(foreign.map((use) => use.split('@')[0]));
    expect(new Set(foreign).size).toBe(actions.size);
  });

  it('may read by default nothing, and write only what a release writes', () => {
    expect(workflows.filter(({ lines }) => !lines.includes('permissions: {}'))).toEqual([]);
    const writes = every(/^\s+[\w-]+: write\b|write-all/).map(({ name, line }) => `${name}: ${line.trim()}`);
    expect(writes.map((each) => each.replace(/ #.*/, ''))).toEqual([
      'release.yml: attestations: write',
      'release.yml: id-token: write',
      'release.yml: id-token: write',
      'release.yml: contents: write',
    ]);
  });

  it('hold no secret, and start by nothing that lends rights to the code of a stranger', () => {
    expect(every(/secrets\.|pull_request_target|workflow_run|issue_comment/)).toEqual([]);
    expect(every(/persist-credentials: false/).length).toBe(every(/uses: actions\/checkout@/).length);
  });

  it('put no value of an event into a command', () => {
    const values = every(/\$\{\{/).map(({ line }) => line.trim());
    expect(values.length).toBeGreaterThan(10);
    const safe = /^(?:name|group|runs-on|environment|file|sha256|[A-Z][A-Z_0-9]*): [^|>]*\$\{\{[^}]*\}\}\)?$/;
    expect(values.filter((line) => !safe.test(line))).toEqual([]);
  });

  it('test the oldest editor that the manifest allows', () => {
    const { engines } = JSON.parse(read('package.json')) as { engines: { vscode: string } };
    const [editors] = every(/^\s+editor: \[/);
    expect(editors?.line).toContain(`[${engines.vscode.replace(/^\^|\.0$/g, '')}.`);
  });

  it('publish with the release of vsce that packages', () => {
    const version = (file: string, kind: string) =>
      (JSON.parse(read(file)) as Record<string, Record<string, string>>)[kind]?.['@vscode/vsce'];
    expect(version('scripts/release/publish/package.json', 'dependencies')).toBe(
      version('package.json', 'devDependencies'),
    );
  });
});
