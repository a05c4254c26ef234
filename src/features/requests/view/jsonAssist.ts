import { autocompletion, pickedCompletion } from '@codemirror/autocomplete';
import type { Completion, CompletionContext, CompletionResult } from '@codemirror/autocomplete';
import { syntaxTree } from '@codemirror/language';
import { forceLinting, linter } from '@codemirror/lint';
import type { Diagnostic } from '@codemirror/lint';
import type { EditorState, Extension } from '@codemirror/state';
import type { EditorView, Tooltip } from '@codemirror/view';
import { hoverTooltip } from '@codemirror/view';
import type { SyntaxNode } from '@lezer/common';
import type { JsonPath } from '../../../shared/json/jsonText.ts';
import { nodeAt, parseJson } from '../../../shared/json/jsonText.ts';
import type { Schema } from '../../../shared/schema/schema.ts';
import { listOf, textOf, typesOf } from '../../../shared/schema/schema.ts';
import { namesAt, schemasAt, valuesAt } from '../../../shared/schema/schemaAt.ts';
import type { SchemaProblem } from '../../../shared/schema/validate.ts';

export interface JsonAssist {
  readonly schema: () => Schema | undefined;
  readonly problems: () => readonly SchemaProblem[];
}

/** Completion, hover and problems of JSON, from its schema. */
export function jsonAssist(assist: JsonAssist): Extension {
  return [
    autocompletion({ override: [(context) => complete(context, assist.schema())] }),
    linter((view) => diagnostics(view.state.doc.toString(), assist.problems()), { delay: 300 }),
    hoverTooltip((view, pos) => hover(view.state, pos, assist.schema())),
  ];
}

/** Shows the problems anew, without a change of the text. */
export function lintAgain(view: EditorView): void {
  forceLinting(view);
}

/** Where a text is no JSON, and where a value does not fit its schema. */
export function diagnostics(text: string, problems: readonly SchemaProblem[]): Diagnostic[] {
  if (text.trim() === '') return [];
  const parsed = parseJson(text);
  if (!parsed.ok) {
    const from = Math.min(parsed.problem.offset, text.length);
    return [
      { from, to: Math.min(from + 1, text.length), severity: 'error', message: parsed.problem.message },
    ];
  }
  return problems.map(({ path, message }) => {
    const node = nodeAt(parsed.root, path) ?? nodeAt(parsed.root, path.slice(0, -1)) ?? parsed.root;
    const isMissing = nodeAt(parsed.root, path) === undefined;
    const name = String(path.at(-1) ?? '');
    return {
      from: node.start,
      to: isMissing || node.kind === 'object' || node.kind === 'array' ? node.start + 1 : node.end,
      severity: 'warning',
      message: isMissing && name ? `${name}: ${message}` : message,
    };
  });
}

/** Offers what the schema knows for the place of the cursor. Labels have no quotes: that is how they are typed. */
export function complete(context: CompletionContext, schema: Schema | undefined): CompletionResult | null {
  const typed = context.matchBefore(/"?[\w.$-]*/);
  if (!schema || !typed || (!context.explicit && typed.text === '')) return null;
  const { state, pos } = context;
  const node = syntaxTree(state).resolveInner(pos, -1);
  const isName = closest(node, 'PropertyName') !== undefined;
  const value = isName ? undefined : valuePath(node, state, pos);
  const options = value ? valueOptions(schema, value) : nameOptions(schema, state, closest(node, 'Object'));
  const from = typed.text.startsWith('"') ? typed.from + 1 : typed.from;
  return options.length > 0 ? { from, options, validFor: /^[\w.$-]*$/ } : null;
}

function nameOptions(schema: Schema, state: EditorState, object: SyntaxNode | undefined): Completion[] {
  if (!object) return [];
  const path = pathOf(object, state);
  const present = new Set(object.getChildren('Property').map((property) => propertyName(property, state)));
  const required = schemasAt(schema, path).flatMap((each) => listOf(each['required']));
  return [...namesAt(schema, path)]
    .filter(([name]) => !present.has(name))
    .map(([name, member]) => {
      const isRequired = required.includes(name);
      const description = textOf(member['description']);
      return {
        label: name,
        type: 'property',
        detail: [typesOf(member).join(' | '), isRequired ? 'required' : ''].filter(Boolean).join(', '),
        ...(description ? { info: description } : {}),
        apply: putting(JSON.stringify(name), startOf(member)),
        boost: isRequired ? 1 : 0,
      };
    });
}

/** Replaces what is typed with its quotes. @param value put behind a name that has no colon yet; absent: no name */
function putting(literal: string, value?: string): (...given: ApplyArguments) => void {
  return (view, completion, from, to) => {
    const { state } = view;
    const start = state.sliceDoc(from - 1, from) === '"' ? from - 1 : from;
    const rest = /^[\w.$-]*"?/.exec(state.sliceDoc(to, to + 200))?.[0].length ?? 0;
    const end = start < from ? to + rest : to;
    const hasColon = /^\s*:/.test(state.sliceDoc(end, end + 20));
    const insert = value === undefined || hasColon ? literal : `${literal}: ${value}`;
    const isOpen = insert.endsWith('""') || insert.endsWith('[]') || insert.endsWith('{}');
    view.dispatch({
      changes: { from: start, to: end, insert },
      selection: { anchor: start + insert.length - (isOpen ? 1 : 0) },
      annotations: pickedCompletion.of(completion),
      userEvent: 'input.complete',
    });
  };
}

type ApplyArguments = [view: EditorView, completion: Completion, from: number, to: number];

function startOf(member: Schema): string {
  if (member['default'] !== undefined) return JSON.stringify(member['default']);
  return { string: '""', array: '[]', object: '{}', boolean: 'false' }[typesOf(member)[0] ?? ''] ?? '';
}

function valueOptions(schema: Schema, path: JsonPath): Completion[] {
  return valuesAt(schema, path).map((value) => ({
    label: typeof value === 'string' && value !== '' ? value : JSON.stringify(value),
    type: 'constant',
    apply: putting(JSON.stringify(value)),
  }));
}

function hover(state: EditorState, pos: number, schema: Schema | undefined): Tooltip | null {
  const property = schema && closest(syntaxTree(state).resolveInner(pos, 1), 'Property');
  if (!property) return null;
  const path = pathOf(property, state);
  const [known] = schemasAt(schema, path);
  const text = known ? hoverWords(known) : '';
  if (!text) return null;
  return {
    pos: property.from,
    above: true,
    create: () => {
      const dom = document.createElement('div');
      dom.className = 'hover';
      dom.textContent = text;
      return { dom };
    },
  };
}

function hoverWords(schema: Schema): string {
  const limits = [
    'minimum',
    'maximum',
    'minLength',
    'maxLength',
    'minItems',
    'maxItems',
    'pattern',
    'format',
  ];
  return [
    textOf(schema['description']),
    typesOf(schema).join(' | '),
    ...limits.flatMap((limit) =>
      schema[limit] === undefined ? [] : `${limit} ${JSON.stringify(schema[limit])}`,
    ),
    ...(schema['default'] === undefined ? [] : [`default ${JSON.stringify(schema['default'])}`]),
  ]
    .filter(Boolean)
    .join('\n');
}

/** The place of the value at the cursor; undefined where none belongs. */
function valuePath(node: SyntaxNode, state: EditorState, pos: number): JsonPath | undefined {
  if (isValue(node)) return pathOf(node, state);
  const property = closest(node, 'Property');
  const name = property?.getChild('PropertyName');
  if (property && name && state.sliceDoc(name.to, pos).trimStart().startsWith(':'))
    return pathOf(property, state);
  const array = node.name === 'Array' ? node : undefined;
  return array && [...pathOf(array, state), valuesOf(array).filter(({ to }) => to <= pos).length];
}

const valueNames = new Set(['String', 'Number', 'True', 'False', 'Null']);

function isValue({ name }: SyntaxNode): boolean {
  return valueNames.has(name);
}

function pathOf(node: SyntaxNode, state: EditorState): JsonPath {
  const path: (string | number)[] = [];
  for (let at: SyntaxNode | null = node; at; at = at.parent) {
    const { parent }: SyntaxNode = at;
    if (at.name === 'Property') path.unshift(propertyName(at, state));
    else if (parent?.name === 'Array') {
      const { from } = at;
      path.unshift(valuesOf(parent).filter((value) => value.from < from).length);
    }
  }
  return path;
}

function valuesOf(array: SyntaxNode): SyntaxNode[] {
  const values: SyntaxNode[] = [];
  for (let child = array.firstChild; child; child = child.nextSibling)
    if (isValue(child) || child.name === 'Object' || child.name === 'Array') values.push(child);
  return values;
}

function propertyName(property: SyntaxNode, state: EditorState): string {
  const name = property.getChild('PropertyName');
  const text = name ? state.sliceDoc(name.from, name.to) : '""';
  const parsed = parseJson(text);
  return parsed.ok ? String(parsed.value) : text.replaceAll('"', '');
}

function closest(node: SyntaxNode, name: string): SyntaxNode | undefined {
  for (let at: SyntaxNode | null = node; at; at = at.parent) if (at.name === name) return at;
  return undefined;
}
