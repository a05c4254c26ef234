import * as z from 'zod/mini';
import { authKinds } from '../../domain/request.ts';

/** The request half of the messages between the request panel and its host. Keys are named by neither side. */

const list = <T extends z.core.SomeType>(item: T) => z.readonly(z.array(item));
const pair = z.object({ name: z.string(), value: z.string(), on: z.boolean() });
const file = { uri: z.string(), name: z.string(), type: z.string() };

const draftBody = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('none') }),
  z.object({
    kind: z.literal('text'),
    type: z.string(),
    text: z.string(),
    files: list(z.object({ ...file, note: z.string(), encoding: z.enum(['base64', 'text']) })),
  }),
  z.object({ kind: z.literal('form'), fields: list(pair) }),
  z.object({
    kind: z.literal('multipart'),
    parts: list(
      z.object({
        name: z.string(),
        on: z.boolean(),
        text: z.optional(z.string()),
        type: z.optional(z.string()),
        fileName: z.optional(z.string()),
        file: z.optional(z.object(file)),
      }),
    ),
  }),
]);

/** A draft without its auth, which the host keeps to itself. */
export const viewDraft = z.object({
  method: z.string(),
  path: z.string(),
  pathValues: z.record(z.string(), z.string()),
  query: list(pair),
  headers: list(pair),
  body: draftBody,
  otherBodies: z.optional(list(draftBody)),
});

const schema = z.record(z.string(), z.unknown());

const operation = z.object({
  id: z.string(),
  method: z.string(),
  path: z.string(),
  title: z.string(),
  tag: z.string(),
  deprecated: z.boolean(),
  description: z.string(),
  note: z.string(),
  parameters: list(
    z.object({
      name: z.string(),
      in: z.enum(['path', 'query', 'header', 'cookie']),
      required: z.boolean(),
      description: z.string(),
      schema,
    }),
  ),
  bodies: list(
    z.object({
      type: z.string(),
      schema,
      example: z.optional(z.unknown()),
      encoding: z.optional(
        list(z.object({ name: z.string(), type: z.string(), style: z.string(), explode: z.boolean() })),
      ),
      cut: z.boolean(),
    }),
  ),
  bodyRequired: z.boolean(),
});

/** All that the view shows beside the draft. */
export const draftContext = z.object({
  appName: z.string(),
  environment: z.string(),
  /** Address of the endpoint without path. */
  baseUrl: z.string(),
  /** Requests to begin with: samples, operations, and one by hand. */
  entries: list(
    z.object({
      id: z.string(),
      group: z.string(),
      label: z.string(),
      title: z.string(),
      /** It differs from what it began with. */
      edited: z.boolean(),
    }),
  ),
  entry: z.string(),
  note: z.string(),
  api: z.object({ kind: z.enum(['reading', 'ready', 'absent', 'asks', 'failed']), words: z.string() }),
  operation: z.nullable(operation),
  auth: z.object({
    kind: z.enum(authKinds),
    header: z.string(),
    state: z.enum(['none', 'stored', 'missing']),
  }),
  /** Of the files of the draft, by address. */
  files: z.record(z.string(), z.object({ size: z.number(), problem: z.string() })),
});

const fileTarget = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('json'), path: list(z.union([z.string(), z.number()])) }),
  z.object({ kind: z.literal('part'), name: z.string(), at: z.optional(z.number()) }),
]);

export const draftToView = [
  z.object({ type: z.literal('draft'), draft: viewDraft, context: draftContext }),
  z.object({ type: z.literal('context'), context: draftContext }),
] as const;

export const draftToHost = [
  z.object({ type: z.literal('draft'), entry: z.string(), draft: viewDraft }),
  z.object({ type: z.literal('selectEntry'), id: z.string() }),
  z.object({ type: z.literal('startOver') }),
  z.object({ type: z.literal('readApi') }),
  z.object({ type: z.literal('chooseFile'), target: fileTarget }),
  /** Files that were dropped on the panel. */
  z.object({ type: z.literal('dropFiles'), uris: list(z.string()), target: z.optional(fileTarget) }),
  z.object({ type: z.literal('setAuth'), kind: z.enum(authKinds), header: z.string() }),
] as const;

export type ViewDraft = z.infer<typeof viewDraft>;
export type DraftContext = z.infer<typeof draftContext>;
export type ViewFileTarget = z.infer<typeof fileTarget>;
export type DraftToHost = z.infer<(typeof draftToHost)[number]>;
export type DraftToView = z.infer<(typeof draftToView)[number]>;
