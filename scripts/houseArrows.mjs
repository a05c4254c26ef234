/**
 * Which file of `src/` may import which: the arrows of the house, as a lint rule. It sees type imports and imports at
 * run time too, which `no-restricted-imports` does not.
 */
import path from 'node:path';

/** Floors, and the floors below that each may stand on. */
const floors = {
  shared: [],
  domain: ['shared'],
  modal: ['domain', 'shared'],
  store: ['modal', 'domain', 'shared'],
  editor: ['modal', 'domain', 'shared'],
};
const all = Object.keys(floors);

/** Rooms of a feature, and the floors that each may stand on. */
const rooms = {
  core: ['modal', 'store', 'domain', 'shared'],
  ui: all,
  view: ['domain', 'shared'],
};

/** Only these know the editor; everything else runs, and is tested, in plain Node. */
const knowEditor = new Set(['editor', 'ui', 'commands', 'top']);

/**
 * @param file a path below `src/`
 * @returns the floor, or the feature and its room: `core`, `ui`, `view`, `messages`; `ui` for its doors
 */
function placeOf(file) {
  const [first, feature, room = ''] = file.split('/');
  if (first !== 'features') return { floor: file.includes('/') ? first : 'top' };
  if (room.endsWith('.ts'))
    return { feature, room: /messages\.ts$/i.test(room) ? 'messages' : 'ui', isDoor: true };
  return { feature, room, isDoor: file.endsWith(`/${feature}/core/index.ts`) };
}

/** @returns why `from` may not import `to`, or undefined when it may */
function objection(from, to) {
  const here = placeOf(from);
  const there = placeOf(to);
  if (from === 'extension.ts') return undefined;
  if (there.floor === 'top' && to !== 'contributions.ts')
    return 'Nothing imports what puts everything together.';
  if (here.floor === 'top' || here.floor === 'commands') return throughADoor(there);
  if (there.floor === 'top') return undefined;
  if (here.feature === undefined) return onto(here.floor, floors[here.floor] ?? [], there);
  if (there.feature === undefined)
    return onto(`a feature's ${here.room}`, rooms[here.room] ?? ['domain', 'shared'], there);
  if (here.feature === there.feature) return within(here, there);
  if (here.room === 'core' && there.room !== 'core') return 'A core knows only the cores of other features.';
  if (here.room === 'view' || here.room === 'messages') return 'A view knows no other feature.';
  return throughADoor(there);
}

function onto(name, below, there) {
  if (there.feature !== undefined) return `${name} knows no feature.`;
  if (there.floor === name || below.includes(there.floor)) return undefined;
  return `${name} may import only: ${below.join(', ') || 'nothing'}.`;
}

function within(here, there) {
  if (here.room === there.room || there.room === 'messages') return undefined;
  if (here.room === 'ui' && there.room === 'core') return undefined;
  return `A ${here.room} may not import a ${there.room}.`;
}

function throughADoor({ feature, isDoor }) {
  if (feature === undefined || isDoor) return undefined;
  return `Enter a feature by its doors: ${feature}/index.ts, ${feature}/lazy.ts or ${feature}/core/index.ts.`;
}

const rule = {
  meta: { type: 'problem', schema: [], messages: { arrow: '{{ why }}' } },
  create(context) {
    const src = path.join(context.cwd, 'src');
    const file = path.relative(src, context.filename).replaceAll('\\', '/');
    const check = (node) => {
      const source = node?.value;
      if (source === 'vscode' && !knowEditor.has(placeOf(file).room ?? placeOf(file).floor)) {
        context.report({
          node,
          messageId: 'arrow',
          data: { why: 'Only editor/, commands/ and the ui of a feature know the editor.' },
        });
      }
      if (typeof source !== 'string' || !source.startsWith('.')) return;
      const target = path
        .relative(src, path.resolve(path.dirname(context.filename), source))
        .replaceAll('\\', '/');
      const why = objection(file, target);
      if (why !== undefined) context.report({ node, messageId: 'arrow', data: { why } });
    };
    return {
      ImportDeclaration: ({ source }) => check(source),
      ExportNamedDeclaration: ({ source }) => check(source),
      ExportAllDeclaration: ({ source }) => check(source),
      ImportExpression: ({ source }) => check(source),
      TSImportType: ({ source, argument }) => check(source ?? argument?.literal),
    };
  },
};

export default { rules: { arrows: rule } };
