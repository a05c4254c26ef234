/** Folders whose Python files are never the user's own scripts. */
const neverOwn = [
  'site-packages',
  '.venv',
  'venv',
  '.git',
  'node_modules',
  '__pycache__',
  '.tox',
  '.nox',
  '.conda',
  '.ipynb_checkpoints',
];

/** Whether a path lies in a folder of that kind. */
export function isNeverOwn(path: string): boolean {
  return path.split(/[\\/]/).some((part) => neverOwn.includes(part));
}

/**
 * One glob for all that is left out.
 * @param searchExclude the editor's setting `search.exclude`; entries that depend on other files are left alone
 */
export function excludeGlob(searchExclude: Readonly<Record<string, unknown>>): string {
  const own = Object.entries(searchExclude).flatMap(([glob, on]) => (on === true ? expandBraces(glob) : []));
  return `{${[...neverOwn.map((name) => `**/${name}/**`), ...own].join(',')}}`;
}

/** Whether a path, taken as a glob, matches itself and nothing else. */
export function isPlainGlob(path: string): boolean {
  return /^[\p{L}\p{N}_./ -]+$/u.test(path);
}

/** More alternatives than this are nobody's setting. */
const mostAlternatives = 100;

/** Both forms of `*.{a,b}`: groups inside a group are not understood everywhere. */
function expandBraces(glob: string): string[] {
  let done: string[] = [];
  let open = [glob];
  while (open.length > 0 && done.length + open.length < mostAlternatives) {
    const expanded = open.flatMap((each) => {
      const group = /\{([^{}]*)\}/.exec(each);
      if (!group) {
        done = [...done, each];
        return [];
      }
      const [whole, inner = ''] = group;
      return inner.split(',').map((choice) => each.replace(whole, () => choice));
    });
    open = expanded;
  }
  // A comma outside a group would end the alternative.
  return done.filter((each) => !/[,{}]/.test(each));
}
