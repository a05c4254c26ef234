import { expect, it } from 'vitest';
import type { DeployStage } from '../../../src/deploy/stages.ts';
import { nextStage } from '../../../src/deploy/stages.ts';

const stagesOf = (lines: readonly string[]) => {
  const seen: DeployStage[] = ['check'];
  for (const line of lines) {
    const next = nextStage(seen.at(-1) ?? 'check', line);
    if (next !== seen.at(-1)) seen.push(next);
  }
  return seen;
};

it('reads the stages of CLI 1.6', () => {
  const lines = [
    'Building image im-pcxEfCvdR8IO7TQrE54q0Y',
    '=> Step 0: FROM base',
    'Collecting fastapi',
    '✓ Created objects.',
    '├── ✓ Uploaded /home/user/hello.py',
    '├── ✓ Created Function web',
    '│   └── https://me--hello-web.modal.run (unauthenticated)',
    '✓ App deployed in 0.055s! 🎉',
  ];
  expect(stagesOf(lines)).toEqual(['check', 'image', 'publish', 'done']);
});

it('reads the rows of earlier CLIs and does not go back', () => {
  const lines = [
    '├── 🔨 Created mount /x.py',
    '├── 🔨 Created function f.',
    '├── 🔨 Created mount /y.py',
    '✓ App deployed in 3s! 🎉',
  ];
  expect(stagesOf(lines)).toEqual(['check', 'upload', 'functions', 'done']);
});

it('takes no stage from what a build prints', () => {
  expect(stagesOf(['Step by step', 'we publish functions', 'done'])).toEqual(['check']);
});
