/**
 * The fields of a form as they are sent: lines are joined, blanks around names and values go, and what an address may
 * not have is encoded, but nothing twice.
 */
export function formText(text: string): string {
  return encoded(
    text
      .split(/\r?\n/)
      .map((line) => withoutBlanks(line, '&', (field) => withoutBlanks(field, '=', (word) => word)))
      .join(''),
  );
}

function withoutBlanks(text: string, mark: string, inner: (piece: string) => string): string {
  return text
    .split(mark)
    .map((piece) => inner(piece.trim()))
    .join(mark);
}

/** `encodeURI` would encode a percent sign that begins an encoded byte, and brackets. */
function encoded(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[^!#-;=?-_a-z|~]|%(?![0-9A-Fa-f]{2})/gu, (sign) => encodeURIComponent(sign));
}
