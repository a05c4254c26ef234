import type { SyntaxNode } from '@lezer/common';
import { importNameAt, indentOf, lineBreakOf, modalPrefix, withoutArgument, withoutImport } from './edits.ts';
import { buildFix, mountFix } from './mountFixes.ts';
import type { PythonFile } from './pythonFile.ts';
import type { Edit, Fix } from './rule.ts';
import type { Form, Rewrite } from './rules/form.ts';
import type { Call, Site } from './sites.ts';

interface Place {
  readonly site: Site;
  readonly form: Form;
  /** Every place of this form in the file. */
  readonly same: readonly Site[];
  readonly calls: readonly Call[];
  readonly file: PythonFile;
}

/** @returns the fix of a form; undefined where only a person can tell what is meant */
export function fixOf(place: Place): Fix | undefined {
  const { rewrite } = place.form;
  if (!rewrite) return undefined;
  switch (rewrite.kind) {
    case 'rename':
      return renamed(place, rewrite.to);
    case 'remove':
      return removed(place);
    case 'list':
      return listed(place, rewrite.to);
    case 'custom':
      return custom[rewrite.by](place);
  }
}

function renamed({ site, same, calls, file }: Place, to: string): Fix | undefined {
  // The new name is already there: which of the two counts, only a person can tell.
  if (site.argument && callOf(site, calls)?.args.some(({ name }) => name === to)) return undefined;
  const isPlainName = (other: Site) => other.imports ?? other.node.name === 'VariableName';
  const isDecorator = (other: Site) => other.node.name === 'Decorator';
  // A name that an import binds is renamed everywhere or nowhere.
  const places =
    isPlainName(site) || isDecorator(site)
      ? same.filter((other) => isPlainName(other) || isDecorator(other))
      : [site];
  const members = places.map((other) => ({ from: other.from, to: other.to, text: to }));
  if (file.source.text.slice(site.from, site.to) === to) return undefined;
  return { title: `Use ${to}`, edits: members };
}

function removed({ site }: Place): Fix | undefined {
  return (
    site.argument && {
      title: `Remove ${site.argument.name ?? ''}`,
      edits: [withoutArgument(site.argument.value)],
    }
  );
}

function listed({ site, calls, file }: Place, to: string): Fix | undefined {
  const { argument } = site;
  if (!argument || callOf(site, calls)?.args.some(({ name }) => name === to)) return undefined;
  const { value } = argument;
  if (file.source.textOf(value) === 'None')
    return { title: `Remove ${argument.name ?? ''}`, edits: [withoutArgument(value)] };
  return {
    title: `Use ${to}=[…]`,
    edits: [
      { from: site.from, to: site.to, text: to },
      { from: value.from, to: value.from, text: '[' },
      { from: value.to, to: value.to, text: ']' },
    ],
  };
}

type Custom = Extract<Rewrite, { kind: 'custom' }>['by'];

const custom: Readonly<Record<Custom, (place: Place) => Fix | undefined>> = {
  mount: mountFix,
  build: buildFix,

  gpuClass: (place) => {
    const uses = place.same.filter(({ imports }) => !imports);
    const edits = uses.map((use) => gpuText(use, place.file));
    if (!place.site.imports) {
      const own = gpuText(place.site, place.file);
      return own && { title: `Use gpu=${own.text}`, edits: [own] };
    }
    // The import may go only when nothing needs it any more.
    if (!edits.every((edit) => edit !== undefined)) return undefined;
    const name = importNameAt(place.site.node, place.site.from);
    const without = name && withoutImport(place.site.node, name, place.file.source);
    const title = edits.length > 0 ? 'Name GPUs by texts and remove the import' : 'Remove the import';
    return without && { title, edits: [...edits, without] };
  },

  concurrent: ({ site, calls, file }) => {
    const call = callOf(site, calls);
    const { argument } = site;
    if (!argument || call?.node.name !== 'Decorator') return undefined;
    const remove = withoutArgument(argument.value);
    const value = file.valueOf(argument.value);
    if (value === 1 || value === null) return { title: 'Remove allow_concurrent_inputs', edits: [remove] };
    const prefix = modalPrefix(file.source.text);
    if (prefix === undefined) return undefined;
    const line = `${indentOf(call.node, file.source)}@${prefix}concurrent(max_inputs=${file.source.textOf(argument.value)})${lineBreakOf(file.source)}`;
    return {
      title: 'Use @modal.concurrent',
      edits: [remove, { from: lineAfter(call.node, file), to: lineAfter(call.node, file), text: line }],
    };
  },

  copyLocal: ({ site, file }) => {
    const call = site.node.parent;
    const args = call?.name === 'CallExpression' ? file.source.argumentsOf(call.lastChild) : [];
    const list = call?.lastChild;
    // The remote path has no default any more.
    if (!list || args.length !== 2 || args.some(({ unpacked }) => unpacked)) return undefined;
    const last = args.at(-1)?.value;
    if (!last) return undefined;
    const to = file.source.textOf(site).replace('copy_', 'add_');
    return {
      title: `Use ${to}`,
      edits: [
        { from: site.from, to: site.to, text: to },
        { from: last.to, to: last.to, text: ', copy=True' },
      ],
    };
  },

  createIfMissing: ({ site, file }) => {
    const call = site.node.parent;
    const args = call?.name === 'CallExpression' ? file.source.argumentsOf(call.lastChild) : [];
    const [name, ...more] = args;
    if (!name || name.unpacked || more.length > 0) return undefined;
    const { value } = name;
    return {
      title: 'Use from_name(…, create_if_missing=True)',
      edits: [
        { from: site.from, to: site.to, text: 'from_name' },
        { from: value.to, to: value.to, text: ', create_if_missing=True' },
      ],
    };
  },

  clustered: ({ site, calls, file }) => {
    const call = calls.find(
      ({ node }) => node.from <= site.from && site.to <= node.to && node.name === 'Decorator',
    );
    const prefix = modalPrefix(file.source.text);
    const known = new Set(['size', 'rdma', 'broadcast', undefined]);
    if (!call || prefix === undefined || call.args.some(({ name, unpacked }) => unpacked ?? !known.has(name)))
      return undefined;
    const positional = call.args.filter(({ name }) => name === undefined);
    const [size, ...more] = positional;
    if (more.length > 0) return undefined;
    const at = call.node.getChild('VariableName');
    if (!at) return undefined;
    return {
      title: 'Use modal.clustered',
      edits: [
        { from: at.from, to: site.to, text: `${prefix}clustered` },
        ...(size ? [{ from: size.value.from, to: size.value.from, text: 'size=' }] : []),
        ...call.args.filter(({ name }) => name === 'broadcast').map(({ value }) => withoutArgument(value)),
      ],
    };
  },
};

/** Modal's own mapping of its classes to texts. */
const gpuNames: Readonly<Record<string, string>> = {
  T4: 'T4',
  L4: 'L4',
  A10G: 'A10G',
  L40S: 'L40S',
  H100: 'H100',
  Any: 'any',
};

/** `modal.gpu.A100(size="80GB", count=2)` as `"A100-80GB:2"`. */
function gpuText({ target, node }: Site, file: PythonFile): Edit | undefined {
  const named = target === 'modal.gpu' ? node.parent : node;
  const call = named?.parent;
  if (!named || call?.name !== 'CallExpression' || call.firstChild?.from !== named.from) return undefined;
  const last = named.name === 'MemberExpression' ? named.lastChild : named;
  const type = last ? file.source.textOf(last) : '';
  const values = new Map<string, unknown>();
  for (const { name, unpacked, value } of file.source.argumentsOf(call.lastChild)) {
    if (unpacked) return undefined;
    values.set(name ?? 'count', file.valueOf(value));
  }
  const count = values.has('count') ? values.get('count') : 1;
  if (typeof count !== 'number' || !Number.isInteger(count) || count < 1) return undefined;
  const name = type === 'A100' ? a100(values) : Object.hasOwn(gpuNames, type) ? gpuNames[type] : undefined;
  const known = type === 'A100' ? ['count', 'size', 'memory'] : ['count'];
  if (name === undefined || [...values.keys()].some((key) => !known.includes(key))) return undefined;
  return { from: call.from, to: call.to, text: `"${name}${count === 1 ? '' : `:${count}`}"` };
}

function a100(values: ReadonlyMap<string, unknown>): string | undefined {
  const size = values.get('size') ?? values.get('memory') ?? '40GB';
  if (size === '40GB' || size === 40 || size === 0) return 'A100-40GB';
  return size === '80GB' || size === 80 ? 'A100-80GB' : undefined;
}

function callOf(site: Site, calls: readonly Call[]): Call | undefined {
  return calls.find(({ args }) => args.some(({ value }) => value.from === site.argument?.value.from));
}

/** Where the line after a decorator begins. */
function lineAfter(decorator: SyntaxNode, file: PythonFile): number {
  const list = decorator.getChild('ArgList');
  const end = file.source.text.indexOf('\n', (list ?? decorator).to);
  return end < 0 ? file.source.text.length : end + 1;
}
