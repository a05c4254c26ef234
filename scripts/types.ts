/** `npm run types`: the type check of everything that Node runs and of the webviews. */
import { run } from './run.ts';

const codes = [await run('tsc', ['-p', '.']), await run('tsc', ['-p', 'tsconfig.view.json', '--noEmit'])];
process.exit(codes.some((code) => code !== 0) ? 1 : 0);
