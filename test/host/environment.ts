const kept = ['PATH', 'HOME', 'LANG', 'TMPDIR', 'SHELL', 'USER', 'SystemRoot', 'USERPROFILE'];

/** Environment of what the demo starts: of this process's own only what a program needs to run, so no secrets. */
export function plainEnvironment(extra: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  return { ...Object.fromEntries(kept.map((name) => [name, process.env[name]])), ...extra };
}
