import { expect, it } from 'vitest';
import { redact } from '../../../../src/shared/redact.ts';

it.each(['token:', 'otp:', 'sas:', 'session:"auth":', 'Cookie: ', 'password='])(
  'ends with a text that says %j over and over',
  (name) => {
    expect(redact(name.repeat(300_000 / name.length)).length).toBeGreaterThan(0);
  },
);

it.each(['PASSWORD=', 'Authorization: Bearer ', '"password":', 'x-api-key: '])(
  'leaves nothing of a credential of any length after %s',
  (name) => {
    const value = `a1B2${'c3D4'.repeat(3000)}`;
    expect(redact(`${name}${value}\nnext`)).not.toMatch(/c3D4/);
  },
);
