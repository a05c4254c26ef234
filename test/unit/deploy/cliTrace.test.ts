import { describe, expect, it } from 'vitest';
import { readTrace, withoutTrace } from '../../../src/features/deploy/core/cliTrace.ts';

const line = (text: string) => `\u001e${text}`;
const call = (name: string) => line(`DEBUG Sending request to /modal.client.ModalClient/${name} (d9d2b8ff)`);

describe("the CLI's own log", () => {
  it.each([
    ['MountPutFile', 'upload'],
    ['ImageJoinStreaming', 'image'],
    ['FunctionCreate', 'functions'],
    ['AppPublish', 'publish'],
  ])('%s is the stage %s', (name, stage) => {
    expect(readTrace(call(name))).toEqual({ stage });
  });

  it('tells the id of the new app', () => {
    expect(readTrace(line('DEBUG Created new app with id ap-HAds9pi28KU0Sd8HGZyFHg'))).toEqual({
      appId: 'ap-HAds9pi28KU0Sd8HGZyFHg',
    });
  });

  it('keeps warnings for the user and everything else out of sight', () => {
    expect(readTrace(line('WARNING The server is slow'))).toEqual({ text: 'The server is slow' });
    expect(readTrace(line('DEBUG Client (1): closing'))).toEqual({});
    expect(readTrace('DEBUG printed by the script')).toBeUndefined();
    const output = ['Error: no', call('AppPublish'), line('ERROR really'), 'end'].join('\n');
    expect(withoutTrace(output)).toBe('Error: no\nreally\nend');
  });
});
