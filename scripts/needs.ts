/** What must be on a machine before anything else can be installed there. */
import { spawnSync } from 'node:child_process';
import { findPython } from './findPython.ts';

interface Need {
  readonly name: string;
  readonly isThere: () => boolean;
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
};

/** The editor's native modules are compiled by node-gyp, which finds Visual Studio's compiler by itself. */
const tools: readonly Need[] =
  process.platform === 'win32'
    ? []
    : [
        {
          name: 'a C++ compiler',
          isThere: () =>
            [process.env['CXX'] ?? 'c++', 'g++', 'clang++'].some((each) => answers(each, '--version')),
        },
        { name: 'make', isThere: () => answers('make', '--version') },
      ];

const advice: Readonly<Partial<Record<NodeJS.Platform, string>>> = {
  linux:
    'Debian, Ubuntu: apt install g++ make; Python: apt install python3.11-venv, or uv python install 3.11.',
  darwin: 'xcode-select --install; Python: brew install python@3.11, or uv python install 3.11.',
  win32:
    'winget install Python.Python.3.11, and Visual Studio Build Tools with "Desktop development with C++".',
};

/** @returns in one line what is missing of what is needed, and how it is installed; undefined when nothing is */
export function missing(needed: {
  readonly python: boolean;
  readonly compiler: boolean;
}): string | undefined {
  const names = [...(needed.python ? [python] : []), ...(needed.compiler ? tools : [])]
    .filter(({ isThere }) => !isThere())
    .map(({ name }) => name);
  if (names.length === 0) return undefined;
  return `Missing: ${names.join(', ')}. ${advice[process.platform] ?? ''}`.trimEnd();
}
