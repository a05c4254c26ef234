import { afterEach, describe, expect, it, vi } from 'vitest';
import { ChannelLogger } from '../../../src/editor/logger.ts';

const { written, list } = vi.hoisted(() => ({ written: [] as string[], list: { fails: 0 } }));

vi.mock('vscode', () => ({
  window: {
    createOutputChannel: () => {
      const write = (text: string) => void written.push(text);
      return { trace: write, debug: write, info: write, warn: write, error: write, dispose: () => undefined };
    },
  },
}));

vi.mock('../../../src/shared/redact.ts', async (original) => {
  const real: typeof import('../../../src/shared/redact.ts') = await original();
  return {
    get redactBeginning() {
      if (list.fails-- > 0) throw new Error('sk-of-a-path-1234567890123456');
      return real.redactBeginning;
    },
  };
});

const key = 'sk-abcdefghij0123456789';

afterEach(() => {
  written.length = 0;
  list.fails = 0;
});

describe('the log', () => {
  it('has lines in their order, without keys, from before its list of credentials was there', async () => {
    const logger = new ChannelLogger();
    logger.info(`one ${key}`);
    logger.warn('two');
    await vi.waitFor(() => expect(written).toHaveLength(2));
    logger.error('three', new Error(key));
    expect(written.map((line) => line.slice(0, 5))).toEqual(['one s', 'two', 'three']);
    expect(written.join('\n')).not.toContain(key);
  });

  it('says that lines are missing when the list cannot be loaded, and has the next ones', async () => {
    list.fails = 1;
    const logger = new ChannelLogger();
    logger.info(`one ${key}`);
    logger.info('two');
    await vi.waitFor(() => expect(written).toHaveLength(1));
    expect(written[0]).toContain('2 lines are missing here');
    logger.info(`three ${key}`);
    await vi.waitFor(() => expect(written).toHaveLength(2));
    expect(written[1]).toContain('three');
    expect(written.join('\n')).not.toMatch(/sk-(?:abc|of)/);
  });
});
