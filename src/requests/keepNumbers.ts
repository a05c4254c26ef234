/** JSON whose numbers stay as they were printed: `1.0`, `1e5` and integers beyond 2^53 mean something to their reader. */

/** A number as its text; `JSON.stringify` prints it as it was. */
export interface NumberText {
  readonly rawJSON: string;
}

/** Of the engines that we run on, but not yet of the compiler's library. */
const json = JSON as typeof JSON & {
  rawJSON(text: string): NumberText;
  isRawJSON(value: unknown): value is NumberText;
};

/** @throws SyntaxError for what is not JSON, RangeError for what is nested thousands of levels deep */
export function parseKeepingNumbers(text: string): unknown {
  const revive = (_key: string, value: unknown, context?: { source?: string }) =>
    typeof value === 'number' && context?.source !== undefined ? json.rawJSON(context.source) : value;
  return JSON.parse(text, revive);
}

export function isNumberText(value: unknown): value is NumberText {
  return json.isRawJSON(value);
}
