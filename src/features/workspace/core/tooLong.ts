import type { ModuleReading } from './reading.ts';
import { emptyReading } from './reading.ts';

/** What is known of a file whose reading was given up. */
export const tooLong: ModuleReading = {
  ...emptyReading,
  problems: [
    {
      line: 1,
      column: 1,
      message: "This file takes too long to parse, so its apps aren't shown. Move them to a smaller file.",
    },
  ],
};
