import path from 'node:path';

/** Absolute path of the checkout. */
export const root = path.dirname(import.meta.dirname);
