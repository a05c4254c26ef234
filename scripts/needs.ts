/** What must be on a machine before anything else can be installed there. */
import { spawnSync } from 'node:child_process';
import { findPython } from './findPython.ts';

interface Need {
  readonly name: string;
  readonly isThere: () => boolean;
  /** How it is installed. */
  readonly how: Readonly<Partial<Record<NodeJS.Platform, string>>>;
}

const answers = (program: string, ...args: string[]): boolean =>
  spawnSync(program, args, { stdio: 'ignore' }).status === 0;

const python: Need = {
  name: 'Python 3.11 with venv',
  isThere: () => {
    try {
      return answers(findPython(), '-c', 'import ensurepip, venv');
    } catch {
      return false;
    }
  },
  how: {
    linux: 'uv python install 3.11; on Debian 12 also: apt install python3.11-venv',
    darwin: 'uv python install 3.11, or brew install python@3.11',
    win32: 'uv python install 3.11, or winget install Python.Python.3.11',
  },
};

/** For the editor's native modules. On Windows node-gyp finds Visual Studio's compiler by itself, or says what it lacks. */
const compiler: readonly Need[] =
  process.platform === 'win32'
    ? []
    : [
        {
          name: 'a C++ compiler',
          isThere: () =>
            [process.env['CXX'] ?? 'c++', 'g++', 'clang++'].some((each) => answers(each, '--version')),
          how: { linux: 'Debian, Ubuntu: apt install g++', darwin: 'xcode-select --install' },
        },
        {
          name: 'make',
          isThere: () => answers('make', '--version'),
          how: { linux: 'Debian, Ubuntu: apt install make', darwin: 'xcode-select --install' },
        },
      ];

/** @returns in one line what is missing of what is needed, and how it is installed; undefined when nothing is */
export function missing(needed: {
  readonly python: boolean;
  readonly compiler: boolean;
}): string | undefined {
  const needs = [...(needed.python ? [python] : []), ...(needed.compiler ? compiler : [])];
  const told = needs.flatMap(({ name, isThere, how }) => {
    const way = how[process.platform];
    return isThere() ? [] : way ? `${name} (${way})` : name;
  });
  return told.length === 0 ? undefined : `Missing: ${told.join(', ')}. Then run npm start again.`;
}
