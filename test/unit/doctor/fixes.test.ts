import { describe, expect, it } from 'vitest';
import { applyEdits, editsOfAll } from '../../../src/features/doctor/core/applyFixes.ts';
import { diagnose } from '../../../src/features/doctor/core/diagnose.ts';
import { examine } from '../../../src/features/doctor/core/examine.ts';
import { rules } from '../../../src/features/doctor/core/rules.ts';
import { left, mended } from '../../integration/doctor/mended.ts';

const newest = '1.6.4';
const fixed = (text: string) => applyEdits(text, editsOfAll(diagnose(text, newest)));
const foundIn = (text: string) => {
  const { findings, imports } = examine(text, newest);
  return [...findings, ...imports.map(({ finding }) => finding)];
};
const marks = (text: string) => diagnose(text, newest).filter(({ severity }) => severity !== 'hint');
const codes = (text: string) => marks(text).map(({ code }) => code);

describe('fixes', () => {
  it.each(rules.map(({ code, examples }) => [code, examples.hit]))(
    'of %s leave nothing to find',
    (_, hit) => {
      if (diagnose(hit, newest).some(({ fix }) => fix)) expect(codes(fixed(hit))).toEqual([]);
      else expect(fixed(hit)).toBe(hit);
    },
  );

  it.each(Object.entries(mended))(
    'move files of mounts, and drop @modal.build: %s',
    (_, { before, after }) => {
      expect(fixed(before)).toBe(after);
      expect(codes(after)).toEqual([]);
    },
  );

  it.each(Object.entries(left))('leave to the user: %s', (_, text) => {
    expect(codes(text).length).toBeGreaterThan(0);
    expect(fixed(text)).toBe(text);
  });

  it.each(['gpu', 'Mount', 'build'])('of an import that nothing needs only remove it: %s', (name) => {
    const text = `import modal\nfrom modal import App, ${name}\n`;
    expect(marks(text).map(({ fix }) => fix?.title)).toEqual(['Remove the import']);
    expect(fixed(text)).toBe('import modal\nfrom modal import App\n');
  });

  it('rename an imported name everywhere, and leave an alias', () => {
    expect(fixed('from modal import Image, Stub\n\nstub = Stub("a")\nother: Stub\n')).toBe(
      'from modal import Image, App\n\nstub = App("a")\nother: App\n',
    );
    expect(fixed('from modal import Stub as S\n\nstub = S("a")\n')).toBe(
      'from modal import App as S\n\nstub = S("a")\n',
    );
    expect(fixed('import modal as m\n\nstub = m.Stub("a")\n')).toBe(
      'import modal as m\n\nstub = m.App("a")\n',
    );
  });

  it.each([
    ['gpu.A100()', '"A100-40GB"'],
    ['gpu.A100(size="80GB", count=4)', '"A100-80GB:4"'],
    ['gpu.A100(memory=80)', '"A100-80GB"'],
    ['gpu.T4(2)', '"T4:2"'],
    ['gpu.H100(count=8)', '"H100:8"'],
  ])('write %s as Modal itself did', (call, text) => {
    const before = `from modal import App, gpu\n\napp = App("a")\n\n\n@app.function(gpu=${call})\ndef f(): ...\n`;
    expect(fixed(before)).toBe(
      `from modal import App\n\napp = App("a")\n\n\n@app.function(gpu=${text})\ndef f(): ...\n`,
    );
  });

  it.each([
    ['from modal import gpu, App\n', 'from modal import App\n'],
    ['from modal import App, gpu, Image\n', 'from modal import App, Image\n'],
    ['from modal import (App, gpu)\n', 'from modal import (App)\n'],
    ['from modal import gpu\n', ''],
    ['import os; from modal import gpu\n', 'import os; pass\n'],
    ['from modal import gpu; import os\n', 'pass; import os\n'],
    ['if True:\n    from modal import gpu\n', 'if True:\n    pass\n'],
    ['from modal import gpu', ''],
    ['from modal import gpu as g\n', 'from modal import gpu as g\n'],
  ])('take away an import that nothing needs any more: %j', (statement, without) => {
    const name = statement.includes(' as g') ? 'g' : 'gpu';
    const code = (gpu: string) =>
      `import modal\napp = modal.App("a")\n@app.function(gpu=${gpu})\ndef f(): ...\n`;
    expect(fixed(code(`${name}.T4()`) + statement)).toBe(
      (name === 'g' ? code('g.T4()') : code('"T4"')) + without,
    );
  });

  it('leave a GPU whose count only running tells, and the import that it needs', () => {
    const text =
      'import modal\nfrom modal import gpu\n\napp = modal.App("a")\n\n\n@app.function(gpu=gpu.A100(count=N))\ndef f(): ...\n';
    expect(codes(text)).toEqual(['gpu-class', 'gpu-class']);
    expect(fixed(text)).toBe(text);
  });

  it('keep line breaks, comments and the commas around an argument', () => {
    const lines = (argument: string) =>
      [
        'import modal',
        'app = modal.App("a")',
        '@app.function(',
        '    cpu=1,',
        argument,
        '    memory=2,  # MiB',
        ')',
        'def f(): ...',
        '',
      ].join('\r\n');
    expect(fixed(lines('    allow_concurrent_inputs=5,'))).toBe(
      [
        'import modal',
        'app = modal.App("a")',
        '@app.function(',
        '    cpu=1,',
        '    memory=2,  # MiB',
        ')',
        '@modal.concurrent(max_inputs=5)',
        'def f(): ...',
        '',
      ].join('\r\n'),
    );
  });

  it('offer nothing where old and new name stand side by side', () => {
    const text =
      'import modal\n\napp = modal.App("a")\n\n\n@app.function(keep_warm=1, min_containers=2)\ndef f(): ...\n';
    expect(codes(text)).toEqual(['keep-warm']);
    expect(fixed(text)).toBe(text);
  });
});

describe('names that only look like those of modal', () => {
  it.each([
    ['a class of the file', 'import modal\n\n\nclass modal_:\n    Stub = 1\n\n\nx = modal_.Stub\n'],
    [
      'a parameter',
      'from modal import App, gpu\n\n\ndef f(gpu):\n    return gpu.A100\n'.replace(', gpu', ''),
    ],
    [
      'a name of a function that is bound there',
      'import modal\n\n\ndef f():\n    modal = object()\n    return modal.Stub\n',
    ],
    ['a loop of a function', 'import modal\n\n\ndef f(xs):\n    for modal in xs:\n        modal.Stub()\n'],
    ['another library', 'from discord.ui import Modal as modal\n\nx = modal.Stub\n'],
    ['a variable that is called modal', 'modal = make()\nmodal.Stub()\n'],
    ['an argument of another call', 'import modal\n\nconfigure(keep_warm=1, secret="x", mounts=[])\n'],
    [
      'FastAPI',
      'import modal\nfrom fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.get("/")\ndef f(): ...\n',
    ],
    ['an attribute of another object', 'import modal\n\nrequest.call(1)\nrequest.web_url\n'],
    ['text', 'import modal\n\nwords = "modal.Stub keep_warm=1"\n# modal.Stub\n'],
    [
      'the newest forms',
      'import modal\n\napp = modal.App("a", image=modal.Image.debian_slim(python_version="3.13"))\nfind = modal.App.lookup("a")\n',
    ],
  ])('are left alone: %s', (_, text) => {
    expect(marks(text)).toEqual([]);
  });

  it('are told apart at the end of an image of 50 steps', () => {
    const steps = Array.from({ length: 50 }, (_, at) => `    .env({"A${at}": "1"})\n`).join('');
    expect(
      codes(`import modal\n\nimage = (\n    modal.Image.debian_slim()\n${steps}    .conda_install("x")\n)\n`),
    ).toEqual(['conda']);
  });

  it('says nothing of a file that is half written, and does not fail', () => {
    const text =
      'import modal\nimport helpers\n\nstub = modal.Stub("a")\n\n@stub.function(gpu=modal.gpu.A100(size="80GB"), keep_warm=1)\ndef f(): ...\n';
    for (let end = 0; end <= text.length; end++)
      for (const { from, to } of foundIn(text.slice(0, end))) {
        expect(from).toBeLessThanOrEqual(to);
        expect(to).toBeLessThanOrEqual(end);
      }
  });
});

describe('releases', () => {
  const stub = 'import modal\n\nstub = modal.Stub("a")\n';
  it.each([
    ['0.62.100', []],
    ['0.77.0', ['warning']],
    ['1.0.0', ['error']],
    ['1.6.4.dev3', ['error']],
    ['2.0', ['error']],
  ])('modal %s', (release, severities) => {
    expect(diagnose(stub, release).map(({ severity }) => severity)).toEqual(severities);
  });
});
