const perLine = 16;

/** The first bytes as lines of place, hex and letters. */
export function hexDump(bytes: Uint8Array, count: number): string {
  const lines: string[] = [];
  for (let at = 0; at < Math.min(count, bytes.length); at += perLine) {
    const line = [...bytes.subarray(at, at + perLine)];
    const hex = line.map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    const letters = line.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.'));
    lines.push(`${at.toString(16).padStart(8, '0')}  ${hex.padEnd(perLine * 3 - 1)}  ${letters.join('')}`);
  }
  return lines.join('\n');
}
