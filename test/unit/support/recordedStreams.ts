import { readFileSync } from 'node:fs';
import path from 'node:path';

/** A stream as a server sends it, and what it says. */
export interface RecordedStream {
  /** Of `fixtures/streams`; those of `vllm-` were recorded, the others have the shape of their documentation. */
  readonly file: string;
  readonly text?: string;
  readonly reasoning?: string;
  readonly tools?: string;
  /** As the server counts; absent where it does not. */
  readonly tokens?: number;
  readonly reasoningTokens?: number;
  /** Of those without a count of the server. */
  readonly chunks?: number;
  readonly error?: string;
  readonly remark?: RegExp;
  /** The official client that reads it the same way. */
  readonly client?: 'chat' | 'completions' | 'responses' | 'messages' | 'tgi';
}

const folder = path.join(import.meta.dirname, '../requests/fixtures/streams');

export const streamFile = (file: string): string => path.join(folder, file);
export const streamBytes = (file: string): Buffer => readFileSync(streamFile(file));
export const streamHeaders = (file: string) => ({
  'content-type': file.endsWith('.ndjson') ? 'application/x-ndjson' : 'text/event-stream; charset=utf-8',
});

/** Its events, each with its end. */
export function streamEvents(file: string): Buffer[] {
  const ends = file.endsWith('.ndjson') ? /(?<=\n)/ : /(?<=\n\r?\n)/;
  return streamBytes(file)
    .toString()
    .split(ends)
    .map((event) => Buffer.from(event));
}

const paris = {
  text: 'Paris is the capital of France!',
  reasoning: ' The user wants a city, so I name one.',
};
const engineDied =
  'EngineCore encountered an issue. See stack trace (above) for the root cause. (InternalServerError)';
const limit = /cut off at the token limit/;
const oslo = 'get_weather {"city": "Oslo", "days": 3}';
const hello = 'Hello from single tokens in turn 👋';

export const recordedStreams: readonly RecordedStream[] = [
  { file: 'vllm-chat-no-usage.sse', ...paris, chunks: 18, client: 'chat' },
  { file: 'vllm-chat-reasoning.sse', ...paris, tokens: 21, reasoningTokens: 11, client: 'chat' },
  { file: 'vllm-chat-reasoning-continuous.sse', ...paris, tokens: 21, reasoningTokens: 11, client: 'chat' },
  {
    file: 'vllm-chat-reasoning-cut.sse',
    reasoning: ' The user wants a city',
    tokens: 6,
    reasoningTokens: 5,
    remark: limit,
    client: 'chat',
  },
  { file: 'vllm-chat-tools.sse', tools: oslo, tokens: 11, client: 'chat' },
  {
    file: 'vllm-chat-two.sse',
    ...paris,
    tokens: 42,
    reasoningTokens: 22,
    remark: /^The response has 2 choices/,
    client: 'chat',
  },
  { file: 'vllm-chat-error.sse', reasoning: ' round', chunks: 1, error: engineDied, client: 'chat' },
  { file: 'vllm-completions.sse', text: hello, tokens: 12, client: 'completions' },
  {
    file: 'vllm-completions-two.sse',
    text: hello,
    tokens: 24,
    remark: /^The response has 2 choices/,
    client: 'completions',
  },
  {
    file: 'vllm-completions-error.sse',
    text: ' round and',
    chunks: 2,
    error: engineDied,
    client: 'completions',
  },
  { file: 'vllm-responses-reasoning.sse', ...paris, tokens: 21, reasoningTokens: 11, client: 'responses' },
  {
    file: 'vllm-responses-cut.sse',
    reasoning: ' The user wants a city',
    tokens: 6,
    reasoningTokens: 5,
    remark: limit,
    client: 'responses',
  },
  { file: 'vllm-responses-tools.sse', tools: oslo, tokens: 11, client: 'responses' },
  { file: 'vllm-messages-reasoning.sse', ...paris, tokens: 21, client: 'messages' },
  { file: 'vllm-messages-tools.sse', tools: oslo, tokens: 11, client: 'messages' },
  {
    file: 'vllm-messages-error.sse',
    reasoning: ' round',
    chunks: 1,
    error: '2 validation errors for ChatCompletionStreamResponse',
    client: 'messages',
  },

  { file: 'openai-chat.sse', text: 'Two and two.', tokens: 4, client: 'chat' },
  {
    file: 'openai-chat-hidden-reasoning.sse',
    text: 'Forty-two',
    tokens: 204,
    reasoningTokens: 200,
    client: 'chat',
  },
  {
    file: 'openai-chat-tools.sse',
    tools: 'look_up {"q":"oak"}\nadd {"a":1}',
    tokens: 31,
    client: 'chat',
  },
  {
    file: 'openai-chat-choices-mixed.sse',
    text: 'Aa',
    tokens: 6,
    remark: /^The response has 2 choices/,
    client: 'chat',
  },
  { file: 'openai-chat-refusal.sse', text: 'I cannot.', chunks: 2, client: 'chat' },
  {
    file: 'openai-completions.sse',
    text: 'Once upon a time',
    chunks: 3,
    remark: limit,
    client: 'completions',
  },
  { file: 'responses-text.sse', text: 'Hello there', tokens: 4, client: 'responses' },
  {
    file: 'responses-summary-tools.sse',
    reasoning: '**Looking up**',
    tools: 'look_up {"q":"elm"}',
    tokens: 90,
    reasoningTokens: 64,
    client: 'responses',
  },
  { file: 'responses-incomplete.sse', text: 'Hello', tokens: 2, remark: limit, client: 'responses' },
  {
    file: 'responses-failed.sse',
    text: 'Hel',
    chunks: 1,
    error: 'The model had a problem. (server_error)',
    client: 'responses',
  },
  {
    file: 'responses-error.sse',
    error: 'Too many tokens a minute. (rate_limit_exceeded)',
    client: 'responses',
  },
  {
    file: 'anthropic-thinking-tools.sse',
    text: 'I look it up.',
    reasoning: 'Which tree?',
    tools: 'look_up {"q": "oak"}',
    tokens: 40,
    client: 'messages',
  },
  { file: 'anthropic-cut.sse', text: 'No end here', chunks: 3 },
  {
    file: 'anthropic-error.sse',
    text: 'Half',
    chunks: 1,
    error: 'Overloaded (overloaded_error)',
    client: 'messages',
  },
  {
    file: 'deepseek.sse',
    text: 'Yes.',
    reasoning: 'Hm, easy.',
    tokens: 5,
    reasoningTokens: 2,
    client: 'chat',
  },
  { file: 'both-reasonings.sse', text: 'c', reasoning: 'ab', chunks: 3, client: 'chat' },
  {
    file: 'openrouter.sse',
    text: 'Done',
    reasoning: 'Let me see',
    chunks: 3,
    error: 'Provider disconnected',
    client: 'chat',
  },
  { file: 'mistral.sse', text: 'Go on', reasoning: 'So then', tokens: 5 },
  { file: 'groq.sse', text: 'Quick!', tokens: 3 },
  { file: 'whole-at-end.sse', text: 'A B', tokens: 3, client: 'chat' },

  { file: 'error-only.sse', error: 'The engine is dead. (InternalServerError)', client: 'chat' },
  { file: 'error-string.sse', text: 'Par', chunks: 1, error: 'CUDA out of memory', client: 'chat' },
  { file: 'error-event-text.sse', text: 'Par', chunks: 1, error: 'worker was killed' },
  { file: 'error-event-json.sse', text: 'Par', chunks: 1, error: 'The queue is full.' },
  {
    file: 'error-old-vllm.sse',
    text: 'Par',
    chunks: 1,
    error: 'Aborted by the scheduler. (BadRequestError)',
  },
  { file: 'error-then-more.sse', text: 'Paris', chunks: 2, error: 'First. (and 1 more error)' },

  { file: 'llama-cpp.sse', text: 'Elms are tall', tokens: 4 },
  { file: 'llama-cpp-error.sse', text: 'Elms', chunks: 1, error: 'context size exceeded (server_error)' },
  { file: 'tgi.sse', text: 'Oaks grow slowly', tokens: 4, client: 'tgi' },
  {
    file: 'tgi-error.sse',
    text: 'Oaks',
    chunks: 1,
    error: 'Request failed during generation: Server error: shape mismatch',
    client: 'tgi',
  },
  { file: 'sglang-generate.sse', text: 'Ash and elm', tokens: 4 },
  { file: 'sglang-abort.sse', text: 'Ash', tokens: 1, error: 'The input is too long.' },
  { file: 'gemini.sse', text: 'Birch and oak', reasoning: '**Plan**', tokens: 34, reasoningTokens: 30 },
  { file: 'gemini-error.sse', text: 'Bir', chunks: 1, error: 'The model is overloaded. (UNAVAILABLE)' },
  { file: 'cohere.sse', text: 'Willow', reasoning: 'Trees again', tokens: 6 },
  { file: 'cohere-tools.sse', reasoning: 'I look', tools: 'look_up {"q": 1}', tokens: 12 },
  { file: 'cohere-error.sse', text: 'Wil', chunks: 1, error: 'upstream is gone' },
  {
    file: 'ai-sdk.sse',
    text: 'Because',
    reasoning: 'Why',
    chunks: 3,
    error: 'The provider hung up.',
  },
  { file: 'plain.sse', text: '3 oaks, "old" trees', chunks: 5 },
  { file: 'replicate.sse', text: 'A fox', chunks: 2 },
  { file: 'ollama-chat.ndjson', text: 'Pines', reasoning: 'Hm, trees', tokens: 6 },
  { file: 'ollama-chat-tools.ndjson', tools: 'look_up {"q":"fir"}', tokens: 14 },
  { file: 'ollama-generate.ndjson', text: 'Firs', tokens: 3, remark: limit },
  {
    file: 'ollama-error.ndjson',
    text: 'Pine',
    chunks: 1,
    error: 'an error was encountered while running the model: CUDA error',
  },
  { file: 'rows.ndjson' },
];
