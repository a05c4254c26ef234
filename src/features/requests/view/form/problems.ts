import { headerProblem } from '../../../../domain/headerRules.ts';
import type { JsonPath } from '../../../../shared/json/jsonText.ts';
import { parseJson, valueAt } from '../../../../shared/json/jsonText.ts';
import { ownValue } from '../../../../shared/ownValue.ts';
import { filesOf, pathNames } from '../../../../domain/requestDraft.ts';
import type { Schema } from '../../../../shared/schema/schema.ts';
import type { SchemaProblem } from '../../../../shared/schema/validate.ts';
import { SchemaChecker } from '../../../../shared/schema/validate.ts';
import type { DraftContext, ViewDraft } from '../../draftMessages.ts';
import { words } from './words.ts';

/** What is wrong with a draft. */
export interface Problems {
  /** The request cannot go out with these. */
  readonly hard: readonly string[];
  /** Places where the body differs from the schema: shown, and sent if the user wants. */
  readonly schema: readonly SchemaProblem[];
}

export const noProblems: Problems = { hard: [], schema: [] };

/** Larger bodies are not checked while they are typed. */
const largestChecked = 500_000;

const checkers = new WeakMap<Schema, SchemaChecker>();

export function problemsOf(draft: ViewDraft, context: DraftContext): Problems {
  return {
    hard: [...pathProblems(draft), ...headerProblems(draft), ...fileProblems(draft, context)],
    schema: schemaProblems(draft, context),
  };
}

/** The schema of a body of this content type. */
export function schemaOf({ operation }: DraftContext, type: string): Schema | undefined {
  return operation?.bodies.find((body) => body.type === type)?.schema;
}

/** One line for lists of problems: `texts[0]: May not be empty.` */
export function problemLine({ path, message }: SchemaProblem): string {
  const place = pathWords(path);
  return place ? `${place}: ${message}` : message;
}

export function pathWords(path: JsonPath): string {
  return path
    .map((step, at) => (typeof step === 'number' ? `[${step}]` : at > 0 ? `.${step}` : step))
    .join('');
}

function pathProblems({ path, pathValues }: ViewDraft): string[] {
  return pathNames(path)
    .filter((name) => !ownValue(pathValues, name))
    .map((name) => `The path needs a value for {${name}}.`);
}

function headerProblems({ headers }: ViewDraft): string[] {
  return headers
    .filter(({ on, name, value }) => on && (name !== '' || value !== ''))
    .map(({ name, value }) => headerProblem(name, value))
    .filter(Boolean);
}

function fileProblems(draft: ViewDraft, { files }: DraftContext): string[] {
  const missing =
    draft.body.kind === 'multipart'
      ? draft.body.parts.filter(
          ({ on, name, text, file }) => on && name !== '' && text === undefined && !file,
        )
      : [];
  return [
    ...missing.map(({ name }) => `No file selected for "${name}".`),
    ...filesOf(draft)
      .map(({ uri }) => files[uri]?.problem ?? '')
      .filter(Boolean),
  ];
}

function schemaProblems({ body, method }: ViewDraft, context: DraftContext): readonly SchemaProblem[] {
  if (body.kind !== 'text' || method === 'GET' || method === 'HEAD') return [];
  const schema = schemaOf(context, body.type);
  const isJson = /[/+]json$/.test(body.type);
  if (!isJson || body.text.length > largestChecked) return [];
  if (body.text.trim() === '')
    return schema && context.operation?.bodyRequired ? [{ path: [], message: 'A body is required.' }] : [];
  const parsed = parseJson(body.text);
  if (!parsed.ok) {
    const { message, line, column } = parsed.problem;
    return [{ path: [], message: words.brokenJson(message, line, column) }];
  }
  if (!schema) return [];
  const notes = new Set(body.files.map(({ note }) => note));
  return checkerOf(schema)
    .check(parsed.value)
    .filter(({ path }) => !notes.has(String(valueAt(parsed.value, path)))); // its content is not here to be judged
}

function checkerOf(schema: Schema): SchemaChecker {
  const known = checkers.get(schema);
  if (known) return known;
  const checker = new SchemaChecker(schema);
  checkers.set(schema, checker);
  return checker;
}
