const cookie = /^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)/;

/** The text of a Python file, in the encoding that its first two lines name (PEP 263). Never fails. */
export function decodePython(bytes: Uint8Array): string {
  const head = new TextDecoder('latin1').decode(bytes.subarray(0, 400)).split(/\r\n?|\n/, 2);
  const name = head.map((line) => cookie.exec(line)?.[1]).find((found) => found !== undefined);
  return decoderFor(name).decode(bytes);
}

function decoderFor(name: string | undefined): InstanceType<typeof TextDecoder> {
  try {
    // Python's names have underscores, and `latin_1` means what it says.
    return new TextDecoder(name?.replaceAll('_', '-').replace(/^latin-1$/i, 'latin1'));
  } catch {
    return new TextDecoder();
  }
}
