/** The editor that tests and the demo run in: VS Code's own sources, packaged for the browser. */
export const codeServerVersion = '4.139.1';

/** Native modules that must be compiled for the server to start; the others are optional there. */
export const nativeModules = [
  '@vscode/spdlog',
  '@vscode/native-watchdog',
  '@vscode/fs-copyfile',
  'node-pty',
  '@parcel/watcher',
];
