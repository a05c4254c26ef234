import * as z from 'zod/mini';
import { explanationActions } from '../../domain/request.ts';

/** Messages between the view of an answer and its host, parsed on both sides. Every type begins with `answer/`. */

const tab = z.enum([
  'summary',
  'stream',
  'json',
  'table',
  'markdown',
  'images',
  'vectors',
  'raw',
  'hex',
  'headers',
]);

const explanation = z.object({
  text: z.string(),
  action: z.optional(z.enum(explanationActions)),
});

const summaryBlock = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('cards'),
    items: z.readonly(z.array(z.object({ label: z.string(), value: z.string() }))),
  }),
  z.object({ kind: z.literal('text'), title: z.string(), text: z.string() }),
  z.object({
    kind: z.literal('table'),
    title: z.string(),
    columns: z.readonly(z.array(z.string())),
    rows: z.readonly(z.array(z.readonly(z.array(z.string())))),
    more: z.number(),
  }),
]);

const timingPart = z.object({
  kind: z.enum(['connect', 'queue', 'start', 'wait', 'body']),
  label: z.string(),
  ms: z.number(),
  note: z.string(),
});

/** Status and headers, also of an answer that still comes. */
const head = z.object({
  status: z.number(),
  statusText: z.string(),
  headers: z.array(z.tuple([z.string(), z.string()])),
});

const tokens = z.object({
  firstTokenMs: z.number(),
  tokens: z.number(),
  /** By the server; else there is one for each chunk. */
  isCounted: z.boolean(),
  reasoningTokens: z.optional(z.number()),
  tokensPerSecond: z.optional(z.number()),
});

const answerState = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('idle') }),
  z.object({
    kind: z.literal('sending'),
    /** Unix milliseconds. */
    startedAt: z.number(),
    polls: z.number(),
    /** The answer has begun. */
    head: z.optional(head),
  }),
  z.object({
    kind: z.literal('done'),
    head,
    /** Bytes after decompression, and on the wire where they differ. */
    size: z.number(),
    compressedSize: z.optional(z.number()),
    totalMs: z.number(),
    parts: z.array(timingPart),
    /** Queue, cold start and cost in words. */
    startNote: z.string(),
    cost: z.optional(z.string()),
    tokens: z.optional(tokens),
    explanation: z.optional(explanation),
    /** What is odd about the answer. */
    notes: z.array(z.string()),
    hasCall: z.boolean(),
    tabs: z.array(tab),
  }),
  z.object({ kind: z.literal('failed'), explanation }),
  z.object({ kind: z.literal('cancelled') }),
]);

const path = z.readonly(z.array(z.union([z.string(), z.number()])));

const jsonRow = z.object({
  path,
  kind: z.enum(['object', 'array', 'string', 'number', 'boolean', 'null']),
  text: z.string(),
  count: z.number(),
});

/** What a model gave out, apart by what it is. */
const output = { text: z.string(), reasoning: z.string(), tools: z.string() };

const event = z.object({ index: z.number(), at: z.number(), type: z.string(), data: z.string() });

const vector = z.object({
  label: z.string(),
  dimensions: z.number(),
  norm: z.number(),
  first: z.readonly(z.array(z.string())),
  outline: z.readonly(z.array(z.number())),
});

const order = z.object({ column: z.string(), descending: z.boolean() });

interface Node {
  tag: string;
  href?: string | undefined;
  children: readonly (string | Node)[];
}
const webAddress = z.string().check(z.regex(/^https?:\/\//i));
const markdownNode: z.ZodMiniType<string | Node> = z.lazy(() =>
  z.union([
    z.string(),
    z.object({ tag: z.string(), href: z.optional(webAddress), children: z.readonly(z.array(markdownNode)) }),
  ]),
);

/** What one tab shows. */
const content = z.discriminatedUnion('tab', [
  z.object({ tab: z.literal('summary'), blocks: z.array(summaryBlock) }),
  z.object({ tab: z.literal('stream'), ...output, events: z.array(event), count: z.number() }),
  z.object({ tab: z.literal('json'), root: jsonRow, rows: z.array(jsonRow) }),
  z.object({
    tab: z.literal('table'),
    names: z.array(z.string()),
    selected: z.number(),
    columns: z.readonly(z.array(z.string())),
    rows: z.readonly(z.array(z.readonly(z.array(z.string())))),
    total: z.number(),
    order: z.optional(order),
  }),
  z.object({
    tab: z.literal('markdown'),
    parts: z.array(z.object({ title: z.string(), nodes: z.array(markdownNode) })),
  }),
  z.object({
    tab: z.literal('images'),
    images: z.array(
      z.object({
        label: z.string(),
        type: z.string(),
        size: z.number(),
        /** `data:` URL; '' for one that is too large to be shown. */
        source: z.string().check(z.regex(/^(?:data:image\/[\w.+-]+;base64,|$)/)),
      }),
    ),
  }),
  z.object({
    tab: z.literal('vectors'),
    vectors: z.array(vector),
    /** Labels of what a vector can be compared with: those of this answer, then of the one before. */
    others: z.array(z.string()),
    pair: z.object({ a: z.number(), b: z.number(), cosine: z.optional(z.number()) }),
  }),
  z.object({ tab: z.literal('raw'), text: z.string(), isCut: z.boolean() }),
  z.object({ tab: z.literal('hex'), text: z.string(), isCut: z.boolean() }),
  z.object({ tab: z.literal('headers') }),
]);

export const toAnswerView = z.discriminatedUnion('type', [
  z.object({ type: z.literal('answer/state'), state: answerState, tab }),
  z.object({ type: z.literal('answer/content'), content }),
  /** More of a stream whose content was sent. */
  z.object({
    type: z.literal('answer/streamed'),
    number: z.number(),
    ...output,
    events: z.array(event),
    count: z.number(),
    tokens: z.optional(tokens),
  }),
  z.object({ type: z.literal('answer/children'), path, from: z.number(), rows: z.array(jsonRow) }),
  z.object({ type: z.literal('answer/found'), text: z.string(), rows: z.array(jsonRow), isCut: z.boolean() }),
  /** A row whose ancestors were all sent. */
  z.object({ type: z.literal('answer/revealed'), path }),
]);

export const fromAnswerView = z.discriminatedUnion('type', [
  z.object({ type: z.literal('answer/select'), tab }),
  /** What came last of a stream is drawn; more may be sent. */
  /** All up to the message of that number is drawn. */
  z.object({ type: z.literal('answer/painted'), number: z.number() }),
  z.object({ type: z.literal('answer/expand'), path, from: z.number() }),
  z.object({ type: z.literal('answer/search'), text: z.string() }),
  z.object({ type: z.literal('answer/reveal'), path }),
  z.object({ type: z.literal('answer/copyValue'), path }),
  z.object({ type: z.literal('answer/copyPath'), path }),
  z.object({ type: z.literal('answer/copyEvent'), index: z.number() }),
  z.object({ type: z.literal('answer/copy') }),
  z.object({ type: z.literal('answer/open') }),
  z.object({ type: z.literal('answer/save') }),
  z.object({ type: z.literal('answer/saveImage'), index: z.number() }),
  z.object({
    type: z.literal('answer/table'),
    selected: z.number(),
    count: z.number(),
    order: z.optional(order),
  }),
  z.object({ type: z.literal('answer/compare'), a: z.number(), b: z.number() }),
  z.object({ type: z.literal('answer/openLink'), url: z.string() }),
  z.object({
    type: z.literal('answer/act'),
    action: z.enum(explanationActions),
  }),
]);

export type ToAnswerView = z.infer<typeof toAnswerView>;
export type FromAnswerView = z.infer<typeof fromAnswerView>;
export type AnswerState = z.infer<typeof answerState>;
export type DoneState = Extract<AnswerState, { kind: 'done' }>;
export type AnswerTab = z.infer<typeof tab>;
export type AnswerContent = z.infer<typeof content>;
export type AnswerRow = z.infer<typeof jsonRow>;
export type AnswerEvent = z.infer<typeof event>;
export type ContentOf<T extends AnswerTab> = Extract<AnswerContent, { tab: T }>;
