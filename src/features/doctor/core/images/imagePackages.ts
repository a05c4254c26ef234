import { findingOf } from '../diagnose.ts';
import { lineBreakOf, lineOf } from '../edits.ts';
import type { ModalFile } from '../modalFile.ts';
import type { PythonFile } from '../pythonFile.ts';
import type { Rule } from '../rule.ts';
import { normalized, packagesOf } from './contents.ts';
import type { ImportPlace } from './importPlaces.ts';
import type { ImportedModule } from './importStatements.ts';
import { LocalUses } from './localUses.ts';
import type { PendingImport, SharedFix } from './pendingImport.ts';
import { standardLibrary } from './standardLibrary.ts';
import type { Unit } from './units.ts';

export const imagePackage: Rule = {
  code: 'image-package',
  what: 'Importing a package that only the image has when the file is read on this computer',
  advice:
    'Import it below `with image.imports():`, or in the functions that use it; or install it here too, in the environment of modal.',
  history: { failsSince: 'always' },
  examples: {
    hit: `import modal
import xgboost  # is not installed here

image = modal.Image.debian_slim().pip_install("xgboost==3.1.1")
app = modal.App("example", image=image)


@app.function()
def f():
    return xgboost.__version__
`,
    miss: `import modal

image = modal.Image.debian_slim().pip_install("xgboost==3.1.1")
app = modal.App("example", image=image)

with image.imports():
    import xgboost


@app.function()
def f():
    return xgboost.__version__
`,
  },
};

/** Packages whose module is called otherwise, by their normalized names. */
const otherNames: Readonly<Record<string, string>> = {
  beautifulsoup4: 'bs4',
  biopython: 'Bio',
  'faiss-cpu': 'faiss',
  'faiss-gpu': 'faiss',
  gitpython: 'git',
  'onnxruntime-gpu': 'onnxruntime',
  'openai-whisper': 'whisper',
  'opencv-contrib-python': 'cv2',
  'opencv-python': 'cv2',
  'opencv-python-headless': 'cv2',
  pillow: 'PIL',
  pyjwt: 'jwt',
  pymupdf: 'fitz',
  'python-dateutil': 'dateutil',
  'python-dotenv': 'dotenv',
  pyyaml: 'yaml',
  'scikit-image': 'skimage',
  'scikit-learn': 'sklearn',
};

/** Imports that fail on the user's computer, if the package is not installed there. */
export function missingPackages(
  { file }: ModalFile,
  units: readonly Unit[],
  places: readonly ImportPlace[],
  version: string,
): PendingImport[] {
  const provided = new Set(units.flatMap((unit) => [...modulesOf(unit, file)]));
  const wanted = places.filter(({ imported, isOfModule }) => {
    const [first = ''] = imported.module.split('.');
    return isOfModule && provided.has(normalized(first)) && !standardLibrary.has(first);
  });
  if (wanted.length === 0) return [];
  const uses = new LocalUses(file, units);
  return wanted.flatMap(({ imported }): PendingImport[] => {
    const { module, members } = imported;
    const name = module.split('.')[0]?.slice(0, 60) ?? '';
    const detail = `${name} is in the image, but not installed on this computer for modal, so that importing it here`;
    const [finding] = findingOf(imagePackage, imported, version, undefined, detail);
    const fix = fixOf(imported, uses, file);
    return finding ? [{ module, members, when: 'absent', finding, ...(fix ? { fix } : {}) }] : [];
  });
}

/** Modules that an image has by what pip installs, normalized. */
function modulesOf({ image }: Unit, file: PythonFile): string[] {
  if (typeof image !== 'object') return [];
  return [...packagesOf(image, file)].map((name) =>
    Object.hasOwn(otherNames, name) ? normalized(otherNames[name] ?? name) : name,
  );
}

/** Where nothing but the containers of one image needs its names, the import moves below `with image.imports():`. */
function fixOf(imported: ImportedModule, uses: LocalUses, file: PythonFile): SharedFix | undefined {
  const { statement, bound, isAlone } = imported;
  const variable = isAlone ? uses.imageOfAll(bound) : undefined;
  const made = variable === undefined ? undefined : file.constant(variable)?.parent;
  if (variable === undefined || made?.name !== 'AssignStatement' || made.parent?.name !== 'Script')
    return undefined;
  const { source } = file;
  const line = lineOf(statement, source.text);
  const feed = source.text.indexOf('\n', made.to);
  // An image on the last line is left to the user.
  if (!line || feed < 0) return undefined;
  const end = lineBreakOf(source);
  const item = source.text
    .slice(statement.from, line.to)
    .trimEnd()
    .replace(/\n(?=[^\r\n])/g, '\n    ');
  return {
    title: ['Import ', ' in the image only'],
    name: imported.module,
    edits: [{ ...line, text: '' }],
    at: feed + 1,
    open: `${end}with ${variable}.imports():${end}    `,
    item,
    between: `${end}    `,
    close: end,
  };
}
