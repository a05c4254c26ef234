import type { Sample } from '../../../../domain/catalog.ts';
import type { HttpResult } from '../../../../domain/request.ts';
import type { SummaryBlock } from '../../../../domain/summary.ts';
import { summarizeJson } from '../summary.ts';
import type { Content, Json } from './content.ts';
import { contentOf } from './content.ts';
import { longestEvent } from './eventStream.ts';
import type { FoundImage } from './images.ts';
import { imagesOf } from './images.ts';
import type { JsonPath } from '../../../../shared/json/jsonText.ts';
import { markdownTexts } from './markdown.ts';
import type { StreamReader } from './streamReader.ts';
import { tablePaths } from './table.ts';
import type { Vector } from './vectors.ts';
import { vectorsOf } from './vectors.ts';
import { formatCount, formatSize } from '../../../../shared/format.ts';

export type ModelTab =
  'summary' | 'stream' | 'json' | 'table' | 'markdown' | 'images' | 'vectors' | 'raw' | 'hex' | 'headers';

export interface AnswerParts {
  readonly result: HttpResult;
  readonly stream: StreamReader;
  /** Names the values that are worth a card. */
  readonly sample?: Sample | undefined;
}

const largestPicture = 20 * 1024 * 1024;

/** An answer that is complete, and everything that can be seen in it. Found out once; what is large, when it is shown. */
export class AnswerModel {
  readonly result: HttpResult;
  readonly stream: StreamReader;
  readonly content: Content;
  readonly summary: readonly SummaryBlock[];
  readonly markdown: readonly { readonly title: string; readonly text: string }[];
  readonly images: readonly FoundImage[];
  readonly vectors: readonly Vector[];
  readonly tables: readonly JsonPath[];
  readonly tabs: readonly ModelTab[];
  readonly notes: readonly string[];

  constructor({ result, stream, sample }: AnswerParts) {
    this.result = result;
    this.stream = stream;
    this.content = contentOf(result);
    const { json } = this.content;
    const isGood = result.status < 400 && result.failure === undefined;
    this.summary = json !== undefined && isGood ? summarizeJson(json, sample) : [];
    this.markdown = markdownTexts(this.content, this.content.kind === 'markdown' ? result.body : '');
    this.images =
      this.content.kind === 'image'
        ? imageBody(result, this.content.type)
        : json === undefined
          ? []
          : imagesOf(json);
    this.vectors = json === undefined ? [] : vectorsOf(json);
    this.tables = json === undefined ? [] : tablePaths(json);
    this.tabs = this.#tabs();
    this.notes = this.#notes();
  }

  get json(): Json | undefined {
    return this.content.json;
  }

  #tabs(): ModelTab[] {
    const { kind } = this.content;
    const tabs: (ModelTab | false)[] = [
      this.summary.length > 0 && 'summary',
      kind === 'events' && !this.stream.isMalformed && 'stream',
      this.markdown.length > 0 && 'markdown',
      this.images.length > 0 && 'images',
      this.vectors.length > 0 && 'vectors',
      this.tables.length > 0 && 'table',
      kind === 'json' && 'json',
      ['json', 'events', 'markdown', 'text'].includes(kind) && 'raw',
      ['image', 'binary'].includes(kind) && 'hex',
      'headers',
    ];
    return tabs.filter((tab) => tab !== false);
  }

  #notes(): string[] {
    const { result, content, stream } = this;
    const notes = [...content.notes];
    if (result.cut) notes.unshift(result.cut.text);
    // What the client has found is said above all notes.
    if (stream.error !== undefined && result.failure === undefined)
      notes.unshift(`The server reports a failure in its response: ${stream.error}`);
    if (result.keyMasked)
      notes.push("The response contains your key. It's masked here and wherever you copy or save it.");
    if (content.type === 'text/html' && content.kind === 'text')
      notes.push('HTML is shown as text and never rendered.');
    if (stream.isMalformed)
      notes.push('The response is labeled an event stream but contains no events. Showing it as text.');
    if (content.kind === 'empty') notes.push('The response has no body.');
    if (content.kind === 'events' && result.bytes && result.size > result.bytes.length)
      notes.push(
        `Of the stream, the first ${formatSize(result.bytes.length)} are kept as text, along with the newest events.`,
      );
    if (content.kind === 'events') notes.push(...stream.remarks);
    if (content.kind === 'events' && stream.leftOut > 0)
      notes.push(
        `${formatCount(stream.leftOut)} events or lines of the stream were longer than ${formatSize(longestEvent)}. They are omitted from the events, the text and the figures, but included in Raw and Save.`,
      );
    if (content.kind === 'events' && stream.count > stream.events.length)
      notes.push(
        `${formatCount(stream.count)} events came; the newest ${formatCount(stream.events.length)} are kept.`,
      );
    return notes;
  }
}

function imageBody({ bytes, size }: HttpResult, type: string): FoundImage[] {
  if (!bytes) return [];
  const base64 = size > largestPicture ? '' : Buffer.from(bytes).toString('base64');
  return [{ label: 'Answer', type, size, base64 }];
}
