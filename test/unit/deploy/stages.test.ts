import { describe, expect, it } from 'vitest';
import type { DeployStage } from '../../../src/features/deploy/core/stages.ts';
import { withoutPadding } from '../../../src/features/deploy/core/panels.ts';
import { StageClock, announcedStage, laterStage } from '../../../src/features/deploy/core/stages.ts';

const stagesOf = (lines: readonly string[]) => {
  const seen: DeployStage[] = ['check'];
  for (const line of lines) {
    const next = laterStage(seen.at(-1) ?? 'check', announcedStage(line));
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

describe('the times of stages', () => {
  it('are those between two beginnings, the last up to now', () => {
    const clock = new StageClock();
    clock.enter('check', 1000);
    clock.enter('image', 1400);
    expect(clock.times(13_400)).toEqual([
      { stage: 'check', ms: 400 },
      { stage: 'image', ms: 12_000 },
    ]);
    clock.enter('done', 14_400);
    expect(clock.times(99_000)).toEqual([
      { stage: 'check', ms: 400 },
      { stage: 'image', ms: 13_000 },
    ]);
  });
});

describe('panels of the CLI', () => {
  it('lose their padding, and keep every word', () => {
    const wide = `╭─ Modal Warning ${'─'.repeat(3980)}╮`;
    expect(withoutPadding(wide)).toBe(`╭─ Modal Warning ${'─'.repeat(40)}╮`);
    expect(withoutPadding(`│ text of it ${' '.repeat(3900)}│`)).toBe('│ text of it');
    expect(withoutPadding('├── ✓ Created Function go.')).toBe('├── ✓ Created Function go.');
  });
});
