import type { SyntaxNode } from '@lezer/common';
import type { Argument } from '../../workspace/core/index.ts';
import { importNameAt, lineOf, modalPrefix, withoutArgument, withoutImport } from './edits.ts';
import type { PythonFile } from './pythonFile.ts';
import type { Edit, Fix } from './rule.ts';
import type { Call, Site } from './sites.ts';
import { calleeOf } from './sites.ts';

interface Place {
  readonly site: Site;
  readonly calls: readonly Call[];
  readonly file: PythonFile;
}

/** A `mounts=[…]` that becomes steps of an image. */
interface Converted {
  readonly argument: SyntaxNode;
  /** The mounts themselves, where they are made. */
  readonly makers: readonly SyntaxNode[];
  readonly edits: readonly Edit[];
}

/** Files of mounts become files of the image, where both can be read; conditions and shared mounts are left to the user. */
export function mountFix({
  site,
  same,
  calls,
  file,
}: Place & { readonly same: readonly Site[] }): Fix | undefined {
  const all = convertedIn(calls, file);
  const title = 'Add the files to the image';
  if (site.argument) {
    const own = all.find(({ argument }) => argument.from === site.argument?.value.from);
    return own && { title, edits: own.edits };
  }
  const makerOf = ({ from, to }: Site) =>
    all.find(({ makers }) => makers.some((maker) => maker.from <= from && to <= maker.to));
  if (!site.imports) {
    const own = makerOf(site);
    return own && { title, edits: own.edits };
  }
  // The import may go only when nothing needs it any more.
  const name = importNameAt(site.node, site.from);
  const without = name && withoutImport(site.node, name, file.source);
  const isFree = same.every((other) => other.imports ?? makerOf(other) !== undefined);
  if (!without || !isFree) return undefined;
  const edits = all.flatMap((each) => each.edits);
  return { title: edits.length > 0 ? title : 'Remove the import', edits: [...edits, without] };
}

const known = new WeakMap<readonly Call[], Converted[]>();

function convertedIn(calls: readonly Call[], file: PythonFile): Converted[] {
  const found = known.get(calls) ?? convertedOfAll(calls, file);
  known.set(calls, found);
  return found;
}

function convertedOfAll(calls: readonly Call[], file: PythonFile): Converted[] {
  return calls.flatMap((call) => {
    const mounts = call.args.find(({ name }) => name === 'mounts');
    if (!mounts || !/^(?:app\.(?:function|cls)|modal\.App)$/.test(call.callee)) return [];
    return convertedOf(call, mounts.value, calls, file) ?? [];
  });
}

function convertedOf(
  call: Call,
  list: SyntaxNode,
  calls: readonly Call[],
  file: PythonFile,
): Converted | undefined {
  if (list.name !== 'ArrayExpression' || call.args.some(({ unpacked }) => unpacked)) return undefined;
  const items = file.source.argumentsOf(list).map((item) => mountOf(item, file));
  if (items.length === 0 || !items.every((item) => item !== undefined)) return undefined;
  const steps = items.map(({ step }) => step).join('');
  const image = imageEdits(call, list, steps, calls, file);
  if (!image) return undefined;
  return {
    argument: list,
    makers: items.map(({ maker }) => maker),
    edits: [...items.flatMap(({ removed }) => removed ?? []), ...image],
  };
}

/** What the image of the call becomes, with the argument gone. */
function imageEdits(
  call: Call,
  list: SyntaxNode,
  steps: string,
  calls: readonly Call[],
  file: PythonFile,
): Edit[] | undefined {
  const own = call.args.find(({ name }) => name === 'image')?.value;
  const isApp = call.callee === 'modal.App';
  // An image of a function takes the place of that of the app, which the mounts of the app went into too.
  const hasOwnImages = calls.some(
    ({ callee, args }) => isUnit(callee) && args.some(({ name, unpacked }) => unpacked ?? name === 'image'),
  );
  if (isApp && hasOwnImages) return undefined;
  if (own)
    return canTakeSteps(own) ? [withoutArgument(list), { from: own.to, to: own.to, text: steps }] : undefined;
  const begin = isApp ? beginning(undefined, file) : beginning(appOf(call, file), file);
  const name = list.prevSibling?.prevSibling;
  if (begin === undefined || name?.name !== 'VariableName') return undefined;
  return [{ from: name.from, to: list.to, text: `image=${begin}${steps}` }];
}

const isUnit = (callee: string) => callee === 'app.function' || callee === 'app.cls';
const canTakeSteps = ({ name }: SyntaxNode) => /^(?:VariableName|CallExpression)$/.test(name);

/** What an image begins with where the call names none: that of the app, or Modal's own. @param app null = not known */
function beginning(app: SyntaxNode | null | undefined, file: PythonFile): string | undefined {
  const args = app ? file.source.argumentsOf(app.lastChild) : [];
  if (app === null || args.some(({ unpacked }) => unpacked)) return undefined;
  const image = args.find(({ name }) => name === 'image')?.value;
  if (image) return image.name === 'VariableName' ? file.source.textOf(image) : undefined;
  const prefix = modalPrefix(file.source.text);
  return prefix === undefined ? undefined : `${prefix}Image.debian_slim()`;
}

function appOf({ node }: Call, file: PythonFile): SyntaxNode | null {
  const variable = node.name === 'Decorator' ? node.getChild('VariableName') : null;
  const made = variable ? file.constant(file.source.textOf(variable)) : undefined;
  return made?.name === 'CallExpression' && file.kindOf(made) === 'app' ? made : null;
}

interface ReadMount {
  readonly maker: SyntaxNode;
  readonly step: string;
  /** The statement that held it. */
  readonly removed?: Edit;
}

/** A mount in the list, or a variable that is there for this list alone. */
function mountOf({ value, unpacked }: Argument, file: PythonFile): ReadMount | undefined {
  if (unpacked) return undefined;
  if (value.name !== 'VariableName') {
    const step = stepOf(value, file);
    return step === undefined ? undefined : { maker: value, step };
  }
  const name = file.source.textOf(value);
  const made = file.constant(name);
  const step = made && stepOf(made, file);
  const line = made?.parent?.name === 'AssignStatement' && lineOf(made.parent, file.source.text);
  if (!made || step === undefined || !line || file.usesOf(name) !== 2) return undefined;
  return { maker: made, step, removed: { ...line, text: '' } };
}

/** `.add_local_dir("a", "/b")` for a call that makes a mount. */
function stepOf(call: SyntaxNode, file: PythonFile): string | undefined {
  const { firstChild, lastChild } = call;
  const callee = call.name === 'CallExpression' && firstChild ? calleeOf(firstChild, file) : undefined;
  const args = file.source.argumentsOf(lastChild);
  if (callee === 'modal.Mount.from_local_python_packages') {
    const isPlain =
      args.length > 0 &&
      args.every(
        ({ name, unpacked, value }) =>
          name === undefined && !unpacked && typeof file.valueOf(value) === 'string',
      );
    const texts = args.map(({ value }) => file.source.textOf(value));
    return isPlain ? `.add_local_python_source(${texts.join(', ')})` : undefined;
  }
  const method = /^modal\.Mount\.from_(local_(?:dir|file))$/.exec(callee ?? '')?.[1];
  const [local, remote] = [
    args.find(({ name }, at) => name === 'local_path' || (name === undefined && at === 0)),
    args.find(({ name }, at) => name === 'remote_path' || (name === undefined && at === 1)),
  ];
  if (method === undefined || !local || args.some(({ unpacked }) => unpacked)) return undefined;
  if (args.length !== (remote ? 2 : 1)) return undefined;
  const place = remotePlace(local.value, remote?.value, file);
  return place === undefined ? undefined : `.add_${method}(${file.source.textOf(local.value)}, ${place})`;
}

/** A mount puts what has no place of its own below `/`, by its name. */
function remotePlace(
  local: SyntaxNode,
  remote: SyntaxNode | undefined,
  file: PythonFile,
): string | undefined {
  const given = file.valueOf(remote ?? local);
  if (typeof given !== 'string') return undefined;
  if (remote) return given.startsWith('/') ? file.source.textOf(remote) : JSON.stringify(`/${given}`);
  const name = given.replace(/\/$/, '').split('/').at(-1) ?? '';
  return /^[\w-][\w.-]*$/.test(name) ? JSON.stringify(`/${name}`) : undefined;
}

/** `@modal.build()` goes where the method runs at each start anyway; what else it made, only a person knows. */
export function buildFix({ site, same, file }: Place & { readonly same: readonly Site[] }): Fix | undefined {
  const removalOf = (other: Site): Edit | undefined => {
    const { node } = other;
    const isDecorator = node.name === 'Decorator';
    const others = isDecorator ? (node.parent?.getChildren('Decorator') ?? []) : [];
    // A decorator with its line break is no place on a line.
    const to = node.getChild('ArgList')?.to ?? node.from;
    const line = isDecorator ? lineOf({ from: node.from, to }, file.source.text) : undefined;
    return line && others.some((decorator) => isEnter(decorator, file)) ? { ...line, text: '' } : undefined;
  };
  const title = 'Remove @modal.build; @modal.enter runs the method at each start';
  if (!site.imports) {
    const removal = removalOf(site);
    return removal && { title, edits: [removal] };
  }
  const name = importNameAt(site.node, site.from);
  const without = name && withoutImport(site.node, name, file.source);
  const removals = same.filter(({ imports }) => !imports).map(removalOf);
  const edits = removals.filter((edit) => edit !== undefined);
  if (!without || edits.length !== removals.length) return undefined;
  return { title: edits.length > 0 ? title : 'Remove the import', edits: [...edits, without] };
}

function isEnter(decorator: SyntaxNode, file: PythonFile): boolean {
  const names = [...decorator.getChildren('VariableName'), ...decorator.getChildren('PropertyName')];
  const path = names.sort((a, b) => a.from - b.from).map((name) => file.source.textOf(name));
  return file.decoratorTarget(path, decorator) === 'modal.enter';
}
