import { describe, expect, it } from 'vitest';
import { applyEdits, editsOfAll } from '../../../src/features/doctor/core/applyFixes.ts';
import { diagnose } from '../../../src/features/doctor/core/diagnose.ts';
import { findingsByCell, programOf } from '../../../src/features/doctor/core/notebook.ts';

const cells = (...texts: readonly string[]) => texts.map((text) => ({ text, isPython: true }));
const found = (all: Parameters<typeof programOf>[0]) => {
  const program = programOf(all);
  return findingsByCell(diagnose(program.text, '1.6.4'), program);
};
const codes = (all: Parameters<typeof programOf>[0]) =>
  found(all).map((cell) => cell.map(({ code }) => code));

describe('a notebook', () => {
  it('is one program: a cell knows the names of those above', () => {
    const all = cells(
      'import modal\nstub = modal.Stub("a")',
      '',
      '@stub.function(keep_warm=1)\ndef f(): ...',
    );
    expect(codes(all)).toEqual([['stub'], [], ['keep-warm']]);
    expect(
      codes(cells('import modal', '@stub.function(keep_warm=1)\ndef f(): ...', 'stub = FastAPI()')),
    ).toEqual([[], [], []]);
  });

  it('has its places and fixes in the cell', () => {
    const texts = ['import modal\napp = modal.App("a")', '@app.function(keep_warm=1)\ndef f(): ...'];
    const [, [finding] = []] = found(cells(...texts));
    expect(texts[1]?.slice(finding?.from, finding?.to)).toBe('keep_warm');
    expect(applyEdits(texts[1] ?? '', editsOfAll(finding ? [finding] : []))).toBe(
      '@app.function(min_containers=1)\ndef f(): ...',
    );
  });

  it('has no fix that would change several cells', () => {
    const [[finding] = []] = found(cells('from modal import Stub', 'stub = Stub("a")'));
    expect(finding).toMatchObject({ code: 'stub' });
    expect(finding?.fix).toBeUndefined();
  });

  it('has lines that are not Python, and cells in other languages', () => {
    const lines =
      '%load_ext x\n!pip install modal\nimport modal\nif True:\n    !ls\nstub = modal.Stub("a")\nf?';
    expect(codes(cells(lines))).toEqual([['stub']]);
    expect(codes(cells('import modal', '%%bash\nmodal.Stub("a")'))).toEqual([[], []]);
    expect(codes([...cells('import modal'), { text: 'modal.Stub("a")', isPython: false }])).toEqual([[], []]);
  });
});
