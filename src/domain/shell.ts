/** Quotes one word for the shells that VS Code opens by default: POSIX shells and PowerShell. */
export function shellQuote(word: string, platform: NodeJS.Platform = process.platform): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  return platform === 'win32' ? `'${word.replaceAll("'", "''")}'` : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** A command with its variables, as it is typed. */
export function shellCommand(
  words: readonly string[],
  variables: Readonly<Record<string, string>> = {},
  platform: NodeJS.Platform = process.platform,
): string {
  const quoted = words.map((word) => shellQuote(word, platform)).join(' ');
  const values = Object.entries(variables).map(
    ([name, value]) => [name, shellQuote(value, platform)] as const,
  );
  if (platform !== 'win32') return [...values.map(([name, value]) => `${name}=${value}`), quoted].join(' ');
  // PowerShell takes a quoted command for a text unless it is told to call it.
  const call = quoted.startsWith("'") ? `& ${quoted}` : quoted;
  return [...values.map(([name, value]) => `$env:${name}='${value.replace(/^'|'$/g, '')}';`), call].join(' ');
}
