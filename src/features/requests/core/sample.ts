import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { CatalogApp, Sample } from '../../../domain/catalog.ts';
import { ModalError } from '../../../domain/errors.ts';
import { mediaTypeOf } from '../../../shared/mediaType.ts';
import type { EmbeddedFile, RequestDraft } from '../../../domain/requestDraft.ts';
import { emptyDraft, jsonType } from '../../../domain/requestDraft.ts';
import { isNumberText, parseKeepingNumbers } from './keepNumbers.ts';
import { specOf } from './spec.ts';

/** A node of a sample's template that a file takes the place of. */
interface FileNode {
  readonly $file: string;
  readonly encoding: 'base64' | 'text';
}

/**
 * The request of a sample. Its files are named in the body, and read when it is sent.
 * @throws kind `invalid` when the sample's own file cannot be read, or names one outside of the app's folder
 */
export async function sampleDraft(app: CatalogApp, sample: Sample): Promise<RequestDraft> {
  const draft: RequestDraft = {
    ...emptyDraft(sample.method, sample.path),
    headers: Object.entries(sample.headers ?? {}).map(([name, value]) => ({ name, value, on: true })),
  };
  if (!sample.body) return draft;
  const template = sample.body.file ? await readTemplate(app, sample.body.file) : sample.body.template;
  const files = fileNodes(template).map((node) => embedded(app, node));
  const text = JSON.stringify(withNotes(template), undefined, 2);
  return { ...draft, body: { kind: 'text', type: jsonType, text, files } };
}

/**
 * Exactly what a sample sends.
 * @throws kind `invalid` naming a file that is missing or too large
 */
export async function sampleBody(app: CatalogApp, sample: Sample): Promise<{ body: string } | undefined> {
  const { body } = await specOf(await sampleDraft(app, sample), 'http://sample');
  return typeof body === 'string' ? { body } : undefined;
}

/** Names of the files that a sample sends. */
export async function sampleFiles(app: CatalogApp, sample: Sample): Promise<string[]> {
  if (!sample.body) return [];
  const template = sample.body.file ? await readTemplate(app, sample.body.file) : sample.body.template;
  return fileNodes(template).map(({ $file }) => path.basename($file));
}

async function readTemplate(app: CatalogApp, file: string): Promise<unknown> {
  const full = inside(app, file);
  try {
    return parseKeepingNumbers(await readFile(full, 'utf8'));
  } catch (error) {
    const why = error instanceof SyntaxError ? 'is not valid JSON' : 'cannot be read';
    throw new ModalError('invalid', `The sample's file ${full} ${why}.`, { cause: error });
  }
}

function embedded(app: CatalogApp, node: FileNode): EmbeddedFile {
  const name = path.basename(node.$file);
  const uri = pathToFileURL(inside(app, node.$file)).href;
  return { uri, name, type: mediaTypeOf(name), note: noteOf(node), encoding: node.encoding };
}

function inside(app: CatalogApp, file: string): string {
  const full = path.join(app.folder, file);
  if (!path.relative(app.folder, full).startsWith('..')) return full;
  throw new ModalError('invalid', `The sample names ${file}, which is outside the app's folder.`);
}

function noteOf(node: FileNode): string {
  return `<${path.basename(node.$file)} as ${node.encoding}>`;
}

function isFileNode(value: unknown): value is FileNode {
  return typeof value === 'object' && value !== null && '$file' in value;
}

function fileNodes(value: unknown): FileNode[] {
  if (isFileNode(value)) return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(fileNodes);
}

function withNotes(value: unknown): unknown {
  if (isFileNode(value)) return noteOf(value);
  if (Array.isArray(value)) return value.map(withNotes);
  if (typeof value !== 'object' || value === null || isNumberText(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, withNotes(item)]));
}
