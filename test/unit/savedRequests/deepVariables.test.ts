/** Variables that name one another, and names that every object answers to. */
import { describe, expect, it } from 'vitest';
import { readTrace, traceEnvironment } from '../../../src/features/deploy/core/cliTrace.ts';
import { parseDotenv } from '../../../src/features/savedRequests/core/httpFile/environment.ts';
import { parseHttpFile } from '../../../src/features/savedRequests/core/httpFile/parse.ts';
import type { VariableSource } from '../../../src/features/savedRequests/core/httpFile/variables.ts';
import { Variables } from '../../../src/features/savedRequests/core/httpFile/variables.ts';
import { ownValue } from '../../../src/shared/ownValue.ts';
import { parseGpu } from '../../../src/domain/gpu.ts';
import { mediaTypeOf } from '../../../src/shared/mediaType.ts';
import { TracebackFold } from '../../../src/features/logs/core/tracebacks.ts';

const noSource: VariableSource = { environment: {}, dotenv: {}, processEnv: {} };

function variables(lines: readonly string[], source: Partial<VariableSource> = {}): Variables {
  return new Variables(parseHttpFile(lines.join('\n')), { ...noSource, ...source });
}

/** `v0` names `v1`, and so on; the last one has a value. */
const chain = (length: number, end = 'end') =>
  Array.from({ length }, (_, at) => `@v${at} = ${at + 1 < length ? `{{v${at + 1}}}` : end}`);

describe('variables that name one another', () => {
  it.each([101, 1000, 20_000])('are refused in a chain of %i, whichever is asked first', (length) => {
    for (const first of ['v0', `v${length - 100}`]) {
      const asked = variables(chain(length));
      asked.fill(`{{${first}}}`);
      expect(asked.fill('{{v0}}').unknown).toEqual([
        { name: 'v0', why: expect.stringContaining('more than 100 variables deep') as string },
      ]);
      expect(asked.fill(`{{v${length - 100}}}`)).toEqual({ text: 'end', unknown: [] });
    }
  });

  it.each([2, 40, 1000, 20_000])('are refused in a circle of %i', (length) => {
    const asked = variables(chain(length, '{{v0}}'));
    for (const name of ['v0', 'v1', `v${length - 1}`])
      expect(asked.fill(`{{${name}}}`).unknown[0]?.why).toMatch(/refers to itself|100 variables deep/);
    expect(asked.isSecret('v1')).toBe(false);
  });

  it('are credentials however long the way from their source is', () => {
    const length = 20_000;
    const lines = Array.from({ length }, (_, at) => `@n${at}_token = {{n${at + 1}_token}}`);
    const asked = variables(lines, {
      environment: { [`n${length}_token`]: 'x' },
      privateNames: new Set([`n${length}_token`]),
    });
    expect(asked.credentialsIn('{{n0_token}}')).toHaveLength(length + 1);
    expect(asked.isSecret('n0_token')).toBe(true);
    expect(variables(lines).credentialsIn('{{n0_token}}')).toEqual([]);
  });
});

describe.each(Object.getOwnPropertyNames(Object.prototype))('the name %s', (name) => {
  it('is no variable that nobody set', () => {
    const asked = variables([]);
    for (const text of [`{{${name}}}`, `{{$processEnv ${name}}}`, `{{$dotenv ${name}}}`])
      expect(asked.fill(text)).toMatchObject({ text, unknown: [{}] });
    // The package that reads the file sets a property, which this name is none of.
    const mine = name === '__proto__' ? `{{$dotenv ${name}}}` : 'mine';
    const { text } = variables([], { dotenv: parseDotenv(`${name}=mine`) }).fill(`{{$dotenv ${name}}}`);
    expect(text).toBe(mine);
  });

  it('is no stage of a deploy', () => {
    const mark = traceEnvironment['MODAL_LOG_PATTERN']!.charAt(0);
    expect(readTrace(`${mark}DEBUG Sending request to /modal.client.ModalClient/${name}`)).toEqual({});
  });

  it('links no two tracebacks', () => {
    const fold = new TracebackFold('Traceback (most recent call last):');
    for (const line of ['  File "a.py", line 1, in f', 'ValueError: x', ''])
      expect(fold.take(line)).toBe(true);
    expect(fold.take(name)).toBe(false);
  });

  it('is in no table', () => {
    expect(ownValue<unknown>({}, name)).toBeUndefined();
    expect(parseGpu(name)).toBeUndefined();
    expect(mediaTypeOf(`a.${name}`)).toBe('application/octet-stream');
  });
});
