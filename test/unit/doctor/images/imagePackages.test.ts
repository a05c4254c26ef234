import { describe, expect, it } from 'vitest';
import { applyEdits, editsOfAll } from '../../../../src/features/doctor/core/applyFixes.ts';
import { imagePackage } from '../../../../src/features/doctor/core/images/imagePackages.ts';
import { rulePage } from '../../../../src/features/doctor/core/rulePage.ts';
import { findingsAround } from './around.ts';

const found = (text: string, installed?: readonly string[], files = ['/w/app.py']) =>
  findingsAround(text, {
    ...{ path: '/w/app.py', files, release: '1.6.4' },
    ...(installed ? { installed } : {}),
  });
const codes = async (text: string, installed: readonly string[] = ['modal']) =>
  (await found(text, installed)).map(({ code }) => code);
const fixed = async (text: string) => applyEdits(text, editsOfAll(await found(text, ['modal'])));

const image = 'image = modal.Image.debian_slim().pip_install("torch==2", "pillow", ["scikit-learn"])\n';
const app = 'app = modal.App("a", image=image)\n';
const file = (imports: string, body: string, before = '') =>
  `import modal\n${imports}\n${image}${app}${before}\n\n@app.function()\ndef f():\n    ${body}\n`;

describe('a package that only the image has', () => {
  it('is found, with what happens and what helps', async () => {
    expect(await found(imagePackage.examples.hit, ['modal'])).toMatchObject([
      {
        code: 'image-package',
        severity: 'error',
        message:
          'xgboost is in the image, but not installed on this computer for modal, so that importing it here fails with modal 1.6.4. Import it below `with image.imports():`, or in the functions that use it; or install it here too, in the environment of modal.',
      },
    ]);
    expect(await found(imagePackage.examples.miss, ['modal'])).toEqual([]);
    expect(rulePage(imagePackage)).toContain('image.imports()');
  });

  it.each([
    'import torch',
    'import torch.nn as nn',
    'from torch import nn',
    'from PIL import Image',
    'from sklearn import svm',
  ])('is known by the name of its module: %s', async (statement) => {
    expect(await codes(file(`${statement}\n`, 'pass'))).toEqual(['image-package']);
  });

  it('is no matter where it is installed, where that is unknown, or where the workspace has the module', async () => {
    const text = file('import torch\n', 'pass');
    expect(await found(text, ['modal', 'torch'])).toEqual([]);
    expect(await found(text)).toEqual([]);
    expect(await found(text, ['modal'], ['/w/app.py', '/w/torch/x.txt'])).toEqual([]);
  });

  it.each([
    ['a package that no image names', file('import numpy\n', 'pass')],
    ['a module of Python', file('import json\n', 'pass').replace('"torch==2"', '"json"')],
    ['an import in a function', file('', 'import torch')],
    [
      'an import that is tried',
      file('try:\n    import torch\nexcept ImportError:\n    torch = None\n', 'pass'),
    ],
    ['a file that registers nothing', `import modal\nimport torch\n\n${image}${app}`],
  ])('is not meant: %s', async (_, text) => {
    expect(await codes(text)).toEqual([]);
  });
});

describe('the fix', () => {
  it('moves all such imports below one block after the image', async () => {
    const text = file(
      'import torch  # large\nfrom PIL import (\n    Image,\n)\n',
      'return torch.zeros(1), Image',
    );
    const after = await fixed(text);
    expect(after).toBe(
      file('', 'return torch.zeros(1), Image').replace(
        app,
        `\nwith image.imports():\n    import torch  # large\n    from PIL import (\n        Image,\n    )\n${app}`,
      ),
    );
    expect(await codes(after)).toEqual([]);
  });

  it('is offered where helpers of the functions use the name', async () => {
    const helper = '\n\ndef g():\n    return torch\n';
    expect(await fixed(file('import torch\n', 'return g()', helper))).toContain(
      'with image.imports():\n    import torch\n',
    );
  });

  it.each([
    ['the module', file('import torch\n', 'pass', '\nzero = torch.zeros(1)\n')],
    ['a default', file('import torch\n', 'pass', '\n\ndef g(x=torch.zeros(1)):\n    return x\n')],
    ['an annotation', file('import torch\n', 'pass', '\n\ndef g(x: torch.Tensor):\n    return x\n')],
    ['a base class', file('import torch\n', 'pass', '\n\nclass N(torch.nn.Module):\n    pass\n')],
    ['a decorator', file('import torch\n', 'pass').replace('\ndef f', '\n@torch.no_grad()\ndef f')],
    ['an attribute of a class', file('import torch\n', 'pass', '\n\nclass N:\n    x = torch\n')],
    [
      'an entry point',
      file('import torch\n', 'pass', '\n\n@app.local_entrypoint()\ndef main():\n    torch.zeros(1)\n'),
    ],
    [
      'a helper of an entry point',
      file(
        'import torch\n',
        'pass',
        '\n\ndef g():\n    torch.zeros(1)\n\n\n@app.local_entrypoint()\ndef main():\n    g()\n',
      ),
    ],
    ['a helper of the module', file('import torch\n', 'pass', '\n\ndef g():\n    torch.zeros(1)\n\n\ng()\n')],
    [
      'a step of the image',
      file('import torch\n', 'pass')
        .replace('["scikit-learn"])', '["scikit-learn"]).run_function(g)')
        .replace('image =', '\n\ndef g():\n    torch.zeros(1)\n\n\nimage ='),
    ],
    [
      'functions of two images',
      `import modal\nimport torch\n\n${image}${image.replace('image', 'other')}${app}\n\n@app.function()\ndef f():\n    torch.zeros(1)\n\n\n@app.function(image=other)\ndef g():\n    torch.zeros(1)\n`,
    ],
    ['another import', file('import torch\n', 'import torch\n    return torch')],
    ['a statement with more', file('import torch, os\n', 'return torch')],
    ['all names', file('from torch import *\n', 'return zeros(1)')],
    [
      'an image that no variable holds',
      `import modal\nimport torch\n\napp = modal.App("a", image=modal.Image.debian_slim().pip_install("torch"))\n\n\n@app.function()\ndef f():\n    torch.zeros(1)\n`,
    ],
  ])('is left to the user where the name belongs to %s', async (_, text) => {
    expect(await codes(text)).toEqual(['image-package']);
    expect(await fixed(text)).toBe(text);
  });
});
