import type { ModalScript } from '../domain/script.ts';

/** What is known of a file whose reading was given up. */
export const tooLong: ModalScript = {
  apps: [],
  problems: [
    {
      line: 1,
      column: 1,
      message: 'This file takes too long to read, so its apps are not shown. Move them to a smaller file.',
    },
  ],
};
