import type { Steps } from '../../../shared/steps.ts';
import type { AnswerModel } from '../core/answer/answerModel.ts';
import { hexDump } from '../core/answer/hex.ts';
import { childRows, rowOf } from '../core/answer/jsonTree.ts';
import { renderMarkdown } from '../core/answer/markdown.ts';
import type { StreamReader, TimedEvent } from '../core/answer/streamReader.ts';
import type { TableOrder } from '../core/answer/table.ts';
import { tableName, tablePage } from '../core/answer/table.ts';
import type { Vector } from '../core/answer/vectors.ts';
import { cosine, vectorFacts } from '../core/answer/vectors.ts';
import type { AnswerContent, AnswerEvent, AnswerTab, ContentOf } from '../answerMessages.ts';

/** Rows of the tree that are sent at once. */
export const rowsAtOnce = 200;
/** Larger answers are shown cut, with a button that opens all of them. */
const previewLength = 1024 * 1024;
const hexLength = 8 * 1024;
const largestImage = 8 * 1024 * 1024;
const longestEvent = 2000;

/** What the user chose within the tabs. */
export interface TabChoices {
  readonly table: number;
  readonly tableRows: number;
  readonly order?: TableOrder | undefined;
  readonly pair: { readonly a: number; readonly b: number };
}

/** Two vectors are compared with each other, a single one with that of the answer before. */
export const firstChoices: TabChoices = { table: 0, tableRows: 200, pair: { a: 0, b: 1 } };

/** A document may take long to read, so it is read in steps. */
export function* markdownContent({ markdown }: AnswerModel): Steps<ContentOf<'markdown'>> {
  const parts: ContentOf<'markdown'>['parts'] = [];
  for (const { title, text } of markdown) parts.push({ title, nodes: yield* renderMarkdown(text) });
  return { tab: 'markdown', parts };
}

/** What any other tab of a complete answer shows. @param previous vectors of the answer before */
export function tabContent(
  tab: Exclude<AnswerTab, 'markdown'>,
  model: AnswerModel,
  choices: TabChoices,
  previous: readonly Vector[],
): AnswerContent {
  const { json } = model;
  switch (tab) {
    case 'summary':
      return { tab, blocks: [...model.summary] };
    case 'stream':
      return streamContent(model.stream);
    case 'json':
      return json === undefined
        ? { tab: 'headers' }
        : { tab, root: rowOf([], json), rows: childRows(json, [], 0, rowsAtOnce) };
    case 'table':
      return tableContent(model, choices);
    case 'images':
      return { tab, images: model.images.map(shownImage) };
    case 'vectors':
      return vectorContent(model.vectors, previous, choices.pair);
    case 'raw':
      return {
        tab,
        text: model.result.body.slice(0, previewLength),
        isCut: model.result.body.length > previewLength,
      };
    case 'hex': {
      const bytes = model.result.bytes ?? new Uint8Array();
      return { tab, text: hexDump(bytes, hexLength), isCut: bytes.length > hexLength };
    }
    case 'headers':
      return { tab };
  }
}

export function streamContent(stream: StreamReader): ContentOf<'stream'> {
  return { tab: 'stream', ...stream.output, events: stream.events.map(shownEvent), count: stream.count };
}

export function shownEvent({ index, at, type, data }: TimedEvent): AnswerEvent {
  return { index, at, type, data: data.length > longestEvent ? `${data.slice(0, longestEvent)}…` : data };
}

function tableContent(model: AnswerModel, { table, tableRows, order }: TabChoices): AnswerContent {
  const selected = Math.min(table, model.tables.length - 1);
  const page = tablePage(model.json ?? null, model.tables[selected] ?? [], tableRows, order);
  return { tab: 'table', names: model.tables.map(tableName), selected, ...page, ...(order ? { order } : {}) };
}

function shownImage({ label, type, size, base64 }: AnswerModel['images'][number]) {
  const source = base64 === '' || size > largestImage ? '' : `data:${type};base64,${base64}`;
  return { label, type, size, source };
}

function vectorContent(
  vectors: readonly Vector[],
  previous: readonly Vector[],
  pair: TabChoices['pair'],
): AnswerContent {
  const all = [...vectors, ...previous];
  const a = Math.min(pair.a, vectors.length - 1);
  const b = Math.min(pair.b, all.length - 1);
  const [first, second] = [all[a], all[b]];
  const value = first && second ? cosine(first.values, second.values) : undefined;
  return {
    tab: 'vectors',
    vectors: vectors.map(vectorFacts),
    others: [
      ...vectors.map(({ label }) => label),
      ...previous.map(({ label }) => `Previous response: ${label}`),
    ],
    pair: { a, b, ...(value === undefined ? {} : { cosine: value }) },
  };
}
