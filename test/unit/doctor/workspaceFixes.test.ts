import { describe, expect, it } from 'vitest';
import { diagnose } from '../../../src/features/doctor/core/diagnose.ts';
import { workspaceFixes } from '../../../src/features/doctor/core/workspaceFixes.ts';

const stub = 'import modal\n\nstub = modal.Stub("a")\n';
const texts: Readonly<Record<string, string>> = {
  'a.py': stub,
  'link/a.py': stub,
  'mount.py': 'import modal\n\nx = modal.Mount\nimage = modal.Image.debian_slim().pip_install("torch")\n',
  'other.py': 'import json\n',
  'gone.py': stub,
  'large.py': stub,
};

function gather(isCancelled: (asked: number) => boolean = () => false) {
  let asked = 0;
  const files = {
    find: () => Promise.resolve({ uris: Object.keys(texts) }),
    stat: (uri: string) =>
      Promise.resolve(uri === 'gone.py' ? undefined : { size: uri === 'large.py' ? 2 ** 21 : 99 }),
    read: (uri: string) => Promise.resolve(texts[uri] ?? ''),
    identity: (uri: string) => Promise.resolve(uri.replace('link/', '')),
  };
  const findings = (text: string) => {
    asked++;
    return Promise.resolve(diagnose(text, '1.6.4'));
  };
  return workspaceFixes(files, findings, () => isCancelled(asked));
}

describe('fixes of a workspace', () => {
  it('are made once for a file that two paths lead to, and count what only a person can decide', async () => {
    const found = await gather();
    expect(found?.files).toEqual([{ uri: 'a.py', text: stub, edits: [{ from: 27, to: 31, text: 'App' }] }]);
    expect(found?.left).toBe(1);
  });

  it('are given up when they are cancelled', async () => {
    expect(await gather((asked) => asked > 0)).toBeUndefined();
  });
});
