/** Writes a file again and again until it is killed, and tells of each time. */
import { writePrivate } from '../../../src/shared/files/privateFiles.ts';

const [file] = process.argv.slice(2);
for (let at = 0; file; at = (at + 1) % 10) {
  await writePrivate(file, String(at).repeat(2_000_000));
  process.send?.(at);
}
