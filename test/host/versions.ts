/** An editor that tests and the demo run in: VS Code's own sources, packaged for the browser. */
export interface EditorVersion {
  /** Of the package `code-server`; apart from its first number it is the editor's own. */
  readonly codeServer: string;
  /** The Node that its server needs; absent: the one of this checkout. */
  readonly node?: string;
  /** Packages that its server takes from outside of the registry, and the release that stands in for each. */
  readonly replaced?: Readonly<Record<string, string>>;
  /** Modules that must be compiled for the server to start; the others are optional there. */
  readonly nativeModules: readonly string[];
}

export const newestEditor: EditorVersion = {
  codeServer: '4.139.1',
  nativeModules: [
    '@vscode/spdlog',
    '@vscode/native-watchdog',
    '@vscode/fs-copyfile',
    'node-pty',
    '@parcel/watcher',
  ],
};

/** The oldest one that the manifest allows (`engines.vscode`). */
export const oldestEditor: EditorVersion = {
  codeServer: '4.105.1',
  node: '22.23.3',
  replaced: { '@parcel/watcher': '2.5.1' },
  nativeModules: ['@vscode/spdlog', 'native-watchdog', 'node-pty', '@parcel/watcher'],
};
