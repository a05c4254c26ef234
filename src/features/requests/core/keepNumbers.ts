/** JSON whose numbers stay as they were printed: `1.0`, `1e5` and integers beyond 2^53 mean something to their reader. */
import { stringEnd } from './jsonStrings.ts';

/** A number as its text; `JSON.stringify` prints it as it was. */
export interface NumberText {
  readonly rawJSON: string;
}

/** Of the engines that we run on, but not yet of the compiler's library. */
const json = JSON as typeof JSON & {
  rawJSON(text: string): NumberText;
  isRawJSON(value: unknown): value is NumberText;
};

/**
 * @param isKept which numbers come as their text; the others are plain numbers
 * @throws SyntaxError for what is not JSON
 */
export function parseKeepingNumbers(text: string, isKept = printsOtherwise): unknown {
  const value = JSON.parse(text) as unknown; // also says what is wrong with it
  // A reviver tells the text of each number too, but takes twenty times as long as reading without one.
  const mark = `${crypto.randomUUID()} `;
  const marked = markNumbers(text, mark, isKept);
  return marked === undefined ? value : unmarked(JSON.parse(marked), mark);
}

export function isNumberText(value: unknown): value is NumberText {
  return json.isRawJSON(value);
}

/** A number in either form. */
export function isNumber(value: unknown): value is number | NumberText {
  return typeof value === 'number' || isNumberText(value);
}

/** Whether a program that reads a number and prints it again prints something else. */
export function printsOtherwise(number: string): boolean {
  return String(Number(number)) !== number;
}

/** Whether what a program reads is another number, and not only another way to write it. */
export function losesValue(number: string): boolean {
  return printsOtherwise(number) && plainest(number) !== plainest(String(Number(number)));
}

/** Sign, digits without zeros around them, and where the point stands. */
function plainest(number: string): string {
  const [, sign = '', whole = '', part = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(number) ?? [];
  const digits = `${whole}${part}`.replace(/^0+/, '');
  const significant = withoutEndZeros(digits);
  const place = Number(exponent) - part.length + digits.length - significant.length;
  return significant === '' ? '0' : `${sign}${significant}e${place}`;
}

function withoutEndZeros(digits: string): string {
  let end = digits.length;
  while (digits[end - 1] === '0') end--;
  return digits.slice(0, end);
}

/** @returns the text with strings in place of the numbers that are kept; undefined where there are none */
function markNumbers(text: string, mark: string, isKept: (number: string) => boolean): string | undefined {
  const pieces: string[] = [];
  let done = 0;
  const sign = /"|-?\d[\d.eE+-]*/g;
  for (let match = sign.exec(text); match; match = sign.exec(text)) {
    const [found] = match;
    if (found === '"') sign.lastIndex = stringEnd(text, match.index);
    else if (isKept(found)) {
      pieces.push(text.slice(done, match.index), `"${mark}${found}"`);
      done = sign.lastIndex;
    }
  }
  return pieces.length === 0 ? undefined : pieces.join('') + text.slice(done);
}

function unmarked(root: unknown, mark: string): unknown {
  const whole = { root };
  const waiting: object[] = [whole];
  for (let each = waiting.pop(); each; each = waiting.pop()) {
    const members = each as Record<string | number, unknown>;
    const keys = Array.isArray(each) ? each.keys() : Object.keys(each);
    for (const key of keys) {
      const value = members[key];
      if (typeof value === 'object' && value !== null) waiting.push(value);
      else if (typeof value === 'string' && value.startsWith(mark))
        put(members, key, value.slice(mark.length));
    }
  }
  return whole.root;
}

/** A member may be named `__proto__`, which an assignment takes for something else. */
function put(members: object, key: string | number, number: string): void {
  const value = json.rawJSON(number);
  Object.defineProperty(members, key, { value, writable: true, enumerable: true, configurable: true });
}
