import { expect, it } from 'vitest';
import { parseHttpFile } from '../../../src/features/savedRequests/core/httpFile/parse.ts';
import { specOfHttpRequest } from '../../../src/features/savedRequests/core/httpFile/toSpec.ts';
import { Variables } from '../../../src/features/savedRequests/core/httpFile/variables.ts';

it('values that are made for each request are what other clients make: the time, and numbers in a range', async () => {
  const before = Math.floor(Date.now() / 1000);
  const file = parseHttpFile('GET https://h/{{$timestamp}}/{{$randomInt 5 6}}/{{$randomInt}}/{{$guid}}\n');
  const spec = await specOfHttpRequest(file, file.requests[0]!, {
    variables: new Variables(file, { environment: {}, dotenv: {}, processEnv: {} }),
    folder: '/',
    readFile: () => Promise.reject(new Error('none is named')),
    allowFiles: (files) => Promise.resolve(files),
    secretOf: () => Promise.resolve(undefined),
  });
  const [, time, five, number, guid] = new URL(spec.url).pathname.split('/');
  expect(Number(time)).toBeGreaterThanOrEqual(before);
  expect(Number(time)).toBeLessThanOrEqual(Date.now() / 1000);
  expect(five).toBe('5');
  expect(Number(number)).toBeLessThan(1000);
  expect(guid).toMatch(/^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/);
});
