import { ownValue } from '../../../../shared/ownValue.ts';
import type { Fields } from './fields.ts';
import { fieldsOf, listOf, wordsOf } from './fields.ts';
import type { UsageWords } from './tokenUsage.ts';

/** `summary`: of thoughts that are not streamed themselves. */
export type OutputKind = 'text' | 'reasoning' | 'summary' | 'tools';

/** What one event adds to a model's output. */
export interface OutputPiece {
  readonly kind: OutputKind;
  readonly text: string;
  /** The choice that it belongs to; only the first one is shown. */
  readonly choice?: number;
  /** The part of the output that it belongs to, where parts are repeated at their end. */
  readonly part?: string;
  /**
   * It repeats what came in pieces, and adds something only where none came: of its part, or of its kind. Or it begins
   * with what came; or it may be all that came once more.
   */
  readonly repeats?: 'part' | 'kind' | 'beginning' | 'all';
}

/** What an event of a known dialect says. */
export interface ModelEvent {
  readonly pieces: readonly OutputPiece[];
  readonly usage?: UsageWords;
  /** Why the output ends; '' while it goes on. */
  readonly ending?: string;
}

interface Dialect {
  readonly name: string;
  readonly is: (json: Fields) => boolean;
  readonly read: (json: Fields) => ModelEvent;
}

const nothing: ModelEvent = { pieces: [] };
const typeOf = ({ type }: Fields) => wordsOf(type);

/** Reads an event in the first dialect that it belongs to; undefined where it is of none. */
export function readModelEvent(json: Fields): ModelEvent | undefined {
  return dialects.find(({ is }) => is(json))?.read(json);
}

/** Each recognised by what only its events have; the most particular come first. */
const dialects: readonly Dialect[] = [
  { name: 'OpenAI responses', is: (json) => typeOf(json).startsWith('response.'), read: responses },
  { name: 'Anthropic messages', is: (json) => anthropicTypes.has(typeOf(json)), read: anthropic },
  { name: 'Cohere', is: (json) => cohereTypes.has(typeOf(json)) || isWord(json['event_type']), read: cohere },
  {
    name: 'OpenAI transcriptions',
    is: (json) => typeOf(json).startsWith('transcript.text.'),
    read: transcript,
  },
  { name: 'AI SDK', is: (json) => ownValue(uiKinds, typeOf(json)) !== undefined, read: uiMessage },
  { name: 'OpenAI chat and completions', is: ({ choices }) => Array.isArray(choices), read: openAi },
  { name: 'Gemini', is: (json) => 'candidates' in json || 'usageMetadata' in json, read: gemini },
  { name: 'Ollama', is: ({ done, model }) => typeof done === 'boolean' && isWord(model), read: ollama },
  { name: 'SGLang', is: (json) => 'meta_info' in json && isWord(json['text']), read: sglang },
  { name: 'TGI', is: ({ token }) => isWord(fieldsOf(token)['text']), read: tgi },
  {
    name: 'llama.cpp',
    is: ({ content, stop }) => isWord(content) && typeof stop === 'boolean',
    read: llamaCpp,
  },
];

function isWord(value: unknown): value is string {
  return typeof value === 'string';
}

function piece(kind: OutputKind, text: unknown, more: Partial<OutputPiece> = {}): OutputPiece[] {
  return isWord(text) && text !== '' ? [{ kind, text, ...more }] : [];
}

/** A call begins on a line of its own, with the name of the tool. */
function call(name: unknown, input: unknown, more: Partial<OutputPiece> = {}): OutputPiece[] {
  const words = isWord(input) ? input : input === undefined || input === null ? '' : JSON.stringify(input);
  const text = isWord(name) && name !== '' ? `\n${name} ${words}` : words;
  return piece('tools', text, more);
}

function openAi({ choices, usage, x_groq: groq }: Fields): ModelEvent {
  const all = listOf(choices).map(fieldsOf);
  const ending = all.map(({ finish_reason: reason }) => endingOf(reason)).find(Boolean);
  const counts = fieldsOf(usage ?? fieldsOf(groq)['usage']);
  const details = fieldsOf(counts['completion_tokens_details']);
  return {
    pieces: all.flatMap((choice, at) => choicePieces(choice, Number(choice['index'] ?? at))),
    usage: { tokens: counts['completion_tokens'], reasoning: details['reasoning_tokens'] },
    ...(ending ? { ending } : {}),
  };
}

function choicePieces({ delta, text, message }: Fields, choice: number): OutputPiece[] {
  const of = { choice };
  const whole = { choice, repeats: 'kind' } as const;
  return [
    ...messagePieces(fieldsOf(delta), of),
    ...piece('text', text, of),
    ...messagePieces(fieldsOf(message), whole),
  ];
}

/** Thoughts have another name with nearly every server, and some send them under two. */
function messagePieces(message: Fields, more: Partial<OutputPiece>): OutputPiece[] {
  const thoughts = ['reasoning', 'reasoning_content', 'thinking']
    .map((key) => wordsOf(message[key]))
    .find(Boolean);
  const { audio, function_call: legacy } = message;
  const { name, arguments: input } = fieldsOf(legacy);
  return [
    ...(thoughts ? piece('reasoning', thoughts, more) : reasoningDetails(message['reasoning_details'], more)),
    ...contentPieces(message['content'], more),
    ...piece('text', message['refusal'], more),
    ...piece('text', fieldsOf(audio)['transcript'], more),
    ...call(name, input, more),
    ...listOf(message['tool_calls']).flatMap((each) => {
      const { function: named, custom } = fieldsOf(each);
      const {
        name: tool,
        arguments: given,
        input: text,
      } = { ...fieldsOf(custom), ...fieldsOf(named) } as Fields;
      return call(tool, given ?? text, more);
    }),
  ];
}

/** A text, or parts of it as Mistral sends them. */
function contentPieces(content: unknown, more: Partial<OutputPiece>): OutputPiece[] {
  if (isWord(content)) return piece('text', content, more);
  return listOf(content).flatMap((part) => {
    const { type, text, thinking } = fieldsOf(part);
    if (type !== 'thinking') return piece('text', text, more);
    const thoughts = isWord(thinking)
      ? thinking
      : listOf(thinking)
          .map((each) => wordsOf(fieldsOf(each)['text']))
          .join('');
    return piece('reasoning', thoughts, more);
  });
}

function reasoningDetails(details: unknown, more: Partial<OutputPiece>): OutputPiece[] {
  return listOf(details).flatMap((each) => {
    const { text, summary } = fieldsOf(each);
    return [...piece('reasoning', text, more), ...piece('summary', summary, more)];
  });
}

/** A word, or an object with one as SGLang sends it. */
function endingOf(reason: unknown): string {
  return wordsOf(isWord(reason) ? reason : fieldsOf(reason)['type']);
}

function responses(json: Fields): ModelEvent {
  const type = typeOf(json).slice('response.'.length);
  const id = wordsOf(json['item_id']);
  const place = JSON.stringify(json['summary_index'] ?? json['content_index'] ?? 0);
  const isDelta = type.endsWith('.delta');
  const name = type.slice(0, Math.max(0, type.lastIndexOf('.')));
  const kind = ownValue(responseKinds, name);
  if (kind) {
    const part = `${id} ${kind} ${place}`;
    if (isDelta) return { pieces: piece(kind, json['delta'], { part }) };
    return { pieces: piece(kind, doneNames.map((key) => json[key]).find(isWord), { part, repeats: 'part' }) };
  }
  if (type === 'output_item.added') return { pieces: itemName(fieldsOf(json['item'])) };
  if (type === 'output_item.done') return { pieces: itemPieces(fieldsOf(json['item']), 'part') };
  if (
    type === 'content_part.done' ||
    type === 'reasoning_part.done' ||
    type === 'reasoning_summary_part.done'
  )
    return {
      pieces: partPieces(fieldsOf(json['part']), id, place, name.startsWith('reasoning_summary'), 'part'),
    };
  return isOver.has(type) ? responseEnd(fieldsOf(json['response'])) : nothing;
}

/** What a part is called in the event that ends it. */
const doneNames = ['text', 'refusal', 'transcript', 'arguments', 'input', 'code', 'command'];
const isOver = new Set(['completed', 'incomplete', 'failed', 'cancelled']);
const responseKinds: Readonly<Record<string, OutputKind>> = {
  output_text: 'text',
  refusal: 'text',
  'audio.transcript': 'text',
  reasoning_text: 'reasoning',
  reasoning_summary_text: 'summary',
  function_call_arguments: 'tools',
  mcp_call_arguments: 'tools',
  custom_tool_call_input: 'tools',
  code_interpreter_call_code: 'tools',
  shell_call_command: 'tools',
};

/** The output is there once more under other names, so that it counts only where nothing came before. */
function responseEnd({ output, usage, incomplete_details: why }: Fields): ModelEvent {
  const counts = fieldsOf(usage);
  const details = fieldsOf(counts['output_tokens_details']);
  const ending = wordsOf(fieldsOf(why)['reason']);
  return {
    pieces: listOf(output).flatMap((item) => itemPieces(fieldsOf(item), 'kind')),
    usage: { tokens: counts['output_tokens'], reasoning: details['reasoning_tokens'] },
    ending: ending || 'completed',
  };
}

/** The name of a tool comes with its item, before what it is called with. */
function itemName({ name, arguments: input }: Fields): OutputPiece[] {
  return isWord(name) && isWord(input) ? [{ kind: 'tools', text: `\n${name} ` }] : [];
}

function itemPieces(item: Fields, repeats: 'part' | 'kind'): OutputPiece[] {
  const id = wordsOf(item['id']);
  const parts = (list: unknown, isSummary: boolean) =>
    listOf(list).flatMap((part, at) => partPieces(fieldsOf(part), id, String(at), isSummary, repeats));
  const { name, arguments: input } = item;
  return [
    ...parts(item['summary'], true),
    ...parts(item['content'], false),
    ...(isWord(input) ? call(repeats === 'kind' ? name : '', input, { part: `${id} tools 0`, repeats }) : []),
  ];
}

function partPieces(
  { type, text, refusal, transcript }: Fields,
  id: string,
  place: string,
  isSummary: boolean,
  repeats: 'part' | 'kind',
): OutputPiece[] {
  const kind = isSummary ? 'summary' : type === 'reasoning_text' ? 'reasoning' : 'text';
  return piece(kind, text ?? refusal ?? transcript, { part: `${id} ${kind} ${place}`, repeats });
}

const anthropicTypes = new Set([
  'message_start',
  'content_block_start',
  'content_block_delta',
  'content_block_stop',
  'message_delta',
  'message_stop',
  'ping',
  'completion',
]);

/** The count of `message_start` is of what was made by then, so only the later one tells. */
function anthropic(json: Fields): ModelEvent {
  const { delta, usage, content_block: block, completion, stop_reason: stopped } = json;
  const ending = endingOf(fieldsOf(delta)['stop_reason'] ?? stopped);
  const counts = fieldsOf(typeOf(json) === 'message_delta' ? usage : undefined);
  return {
    pieces: [...blockPieces(fieldsOf(block)), ...blockPieces(fieldsOf(delta)), ...piece('text', completion)],
    usage: {
      tokens: counts['output_tokens'],
      reasoning: fieldsOf(counts['output_tokens_details'])['thinking_tokens'],
    },
    ...(ending ? { ending } : {}),
  };
}

function blockPieces({ type, text, thinking, partial_json: input, name }: Fields): OutputPiece[] {
  return [
    ...(type === 'tool_use' || type === 'server_tool_use' || type === 'mcp_tool_use' ? call(name, '') : []),
    ...piece('text', text),
    ...piece('reasoning', thinking),
    ...piece('tools', input),
  ];
}

const cohereTypes = new Set([
  'message-start',
  'content-start',
  'content-delta',
  'content-end',
  'tool-plan-delta',
  'tool-call-start',
  'tool-call-delta',
  'tool-call-end',
  'citation-start',
  'citation-end',
  'message-end',
]);

function cohere(json: Fields): ModelEvent {
  const { delta, event_type: old, text, response, finish_reason: reason } = json;
  const { message, usage, finish_reason: ending } = fieldsOf(delta);
  const { content, tool_plan: plan, tool_calls: calls } = fieldsOf(message);
  const { name, arguments: input } = fieldsOf(fieldsOf(calls)['function']);
  const counts = fieldsOf(fieldsOf(usage ?? fieldsOf(fieldsOf(response)['meta']))['tokens']);
  return {
    pieces: [
      ...piece('reasoning', plan),
      ...piece('reasoning', fieldsOf(content)['thinking']),
      ...piece('text', fieldsOf(content)['text']),
      ...call(name, input),
      ...(old === 'text-generation' ? piece('text', text) : []),
      ...piece('text', fieldsOf(response)['text'], { repeats: 'kind' }),
    ],
    usage: { tokens: counts['output_tokens'] },
    ending: wordsOf(ending ?? reason),
  };
}

function transcript({ delta, text, usage }: Fields): ModelEvent {
  return {
    pieces: [...piece('text', delta), ...piece('text', text, { repeats: 'kind' })],
    usage: { tokens: fieldsOf(usage)['output_tokens'] },
  };
}

const uiKinds: Readonly<Record<string, OutputKind>> = {
  'text-delta': 'text',
  'reasoning-delta': 'reasoning',
  'tool-input-start': 'tools',
  'tool-input-delta': 'tools',
};

function uiMessage(json: Fields): ModelEvent {
  const kind = ownValue(uiKinds, typeOf(json)) ?? 'text';
  const { delta, textDelta, text, inputTextDelta: input, toolName: name } = json;
  return { pieces: kind === 'tools' ? call(name, input) : piece(kind, delta ?? textDelta ?? text) };
}

/** Thoughts are counted beside the answer here, and are a part of it everywhere else. */
function gemini({ candidates, usageMetadata }: Fields): ModelEvent {
  const all = listOf(candidates).map(fieldsOf);
  const counts = fieldsOf(usageMetadata);
  const { candidatesTokenCount: answer, thoughtsTokenCount: thoughts } = counts;
  const ending = all.map(({ finishReason }) => endingOf(finishReason)).find(Boolean);
  return {
    pieces: all.flatMap(({ content, index }, at) =>
      listOf(fieldsOf(content)['parts']).flatMap((part) => {
        const { text, thought, functionCall } = fieldsOf(part);
        const { name, args } = fieldsOf(functionCall);
        const choice = Number(index ?? at);
        return [
          ...piece(thought === true ? 'summary' : 'text', text, { choice }),
          ...call(name, args, { choice }),
        ];
      }),
    ),
    usage: {
      tokens:
        typeof answer === 'number' && typeof thoughts === 'number' ? answer + thoughts : (answer ?? thoughts),
      reasoning: thoughts,
    },
    ...(ending ? { ending } : {}),
  };
}

function ollama({
  message,
  response,
  thinking,
  done,
  done_reason: reason,
  eval_count: tokens,
}: Fields): ModelEvent {
  return {
    pieces: [
      ...messagePieces(fieldsOf(message), {}),
      ...piece('reasoning', thinking),
      ...piece('text', response),
    ],
    usage: { tokens },
    ...(done === true ? { ending: wordsOf(reason) || 'stop' } : {}),
  };
}

/** Each event has the text from its beginning, unless the server was told otherwise. */
function sglang({ text, meta_info: meta, index }: Fields): ModelEvent {
  const { completion_tokens: tokens, finish_reason: reason } = fieldsOf(meta);
  const ending = endingOf(reason);
  return {
    pieces: piece('text', text, { choice: Number(index ?? 0), repeats: 'beginning' }),
    usage: { tokens },
    ...(ending ? { ending } : {}),
  };
}

function tgi({ token, generated_text: whole, details }: Fields): ModelEvent {
  const { text, special } = fieldsOf(token);
  const { generated_tokens: tokens, finish_reason: reason } = fieldsOf(details);
  const ending = endingOf(reason);
  return {
    pieces: [...piece('text', special === true ? '' : text), ...piece('text', whole, { repeats: 'kind' })],
    usage: { tokens },
    ...(ending ? { ending } : {}),
  };
}

/** Its last event counts the tokens; those before it do so in some versions. */
function llamaCpp({
  content,
  stop,
  stop_type: reason,
  tokens_predicted: tokens,
  reasoning_content: thoughts,
}: Fields): ModelEvent {
  return {
    pieces: [...piece('reasoning', thoughts), ...piece('text', content)],
    usage: { tokens },
    ...(stop === true ? { ending: reason === 'limit' ? 'length' : 'stop' } : {}),
  };
}
