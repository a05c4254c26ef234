import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { CatalogApp, Sample } from '../domain/catalog.ts';
import { ModalError, isModalError } from '../domain/errors.ts';

const largestFile = 50 * 1024 * 1024;

export interface SampleBody {
  /** Exactly what is sent. */
  readonly body: string;
  /** The same with each file as a short note, for people. */
  readonly display: string;
}

interface FileNode {
  readonly $file: string;
  readonly encoding: 'base64' | 'text';
}

/**
 * Makes the JSON body of a sample, with its files put in.
 * @throws kind `invalid` naming a file that is missing or too large
 */
export async function sampleBody(app: CatalogApp, sample: Sample): Promise<SampleBody | undefined> {
  if (!sample.body) return undefined;
  const template = sample.body.file ? await readTemplate(app, sample.body.file) : sample.body.template;
  const files = new Map<FileNode, string>();
  await readFiles(app, template, files);
  return {
    body: JSON.stringify(replaceFiles(template, (node) => files.get(node) ?? '')),
    display: JSON.stringify(replaceFiles(template, note), undefined, 2),
  };
}

/**
 * The body as edited by the user: notes that still stand in it become the files again.
 * @throws kind `invalid` when it is not JSON
 */
export function editedBody(edited: string, sample: SampleBody): string {
  if (edited === sample.display) return sample.body;
  const contents = new Map<string, string>();
  collectNotes(parse(sample.display), JSON.parse(sample.body), contents);
  return JSON.stringify(replaceStrings(parse(edited), (text) => contents.get(text) ?? text));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ModalError('invalid', `The body is not valid JSON: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

async function readTemplate(app: CatalogApp, file: string): Promise<unknown> {
  return parse(await readSampleFile(app, file, 'text'));
}

function isFileNode(value: unknown): value is FileNode {
  return typeof value === 'object' && value !== null && '$file' in value;
}

async function readFiles(app: CatalogApp, value: unknown, files: Map<FileNode, string>): Promise<void> {
  if (isFileNode(value)) files.set(value, await readSampleFile(app, value.$file, value.encoding));
  else if (typeof value === 'object' && value !== null) {
    for (const child of Object.values(value)) await readFiles(app, child, files);
  }
}

async function readSampleFile(
  app: CatalogApp,
  file: string,
  encoding: FileNode['encoding'],
): Promise<string> {
  const full = path.join(app.folder, file);
  if (path.relative(app.folder, full).startsWith('..')) {
    throw new ModalError('invalid', `The sample names ${file}, which lies outside of the app's folder.`);
  }
  try {
    if ((await stat(full)).size > largestFile)
      throw new ModalError('invalid', `${file} is larger than 50 MB.`);
    return (await readFile(full)).toString(encoding === 'base64' ? 'base64' : 'utf8');
  } catch (error) {
    if (isModalError(error)) throw error;
    throw new ModalError('invalid', `The sample's file ${full} cannot be read.`, { cause: error });
  }
}

const note = (node: FileNode) => `<${path.basename(node.$file)} as ${node.encoding}>`;

function replaceFiles(value: unknown, put: (node: FileNode) => string): unknown {
  if (isFileNode(value)) return put(value);
  if (Array.isArray(value)) return value.map((item) => replaceFiles(item, put));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, replaceFiles(item, put)]));
}

function replaceStrings(value: unknown, put: (text: string) => string): unknown {
  if (typeof value === 'string') return put(value);
  if (Array.isArray(value)) return value.map((item) => replaceStrings(item, put));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, replaceStrings(item, put)]));
}

/** Walks both forms side by side: where they differ, one is the note and the other the file. */
function collectNotes(display: unknown, body: unknown, contents: Map<string, string>): void {
  if (typeof display === 'string' && typeof body === 'string') {
    if (display !== body) contents.set(display, body);
  } else if (typeof display === 'object' && display !== null && typeof body === 'object' && body !== null) {
    for (const [key, child] of Object.entries(display))
      collectNotes(child, (body as Record<string, unknown>)[key], contents);
  }
}
