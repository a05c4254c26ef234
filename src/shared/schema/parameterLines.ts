import { isSchema } from './schema.ts';

/** How OpenAPI says that a value becomes text; `json` for one that is sent as JSON. */
export interface ParameterStyle {
  readonly style: string;
  readonly explode: boolean;
}

/** One line of a table of names and values. */
export interface ParameterLine {
  readonly name: string;
  readonly value: string;
}

export const formStyle: ParameterStyle = { style: 'form', explode: true };

const separators: Readonly<Record<string, string>> = { spaceDelimited: ' ', pipeDelimited: '|' };

/** What a value is in a query or a form: a list repeats its name, an empty one is nothing. */
export function parameterLines(name: string, value: unknown, how: ParameterStyle): ParameterLine[] {
  const { style, explode } = how;
  const line = (text: string, key = name) => ({ name: key, value: text });
  if (style === 'json') return [line(JSON.stringify(value))];
  if (Array.isArray(value)) {
    if (explode || style === 'deepObject') return value.map((item) => line(asText(item)));
    return value.length === 0 ? [] : [line(value.map(asText).join(separators[style] ?? ','))];
  }
  if (!isPlainObject(value)) return [line(asText(value))];
  const members = Object.entries(value);
  if (style === 'deepObject') return members.map(([key, item]) => line(asText(item), `${name}[${key}]`));
  if (explode) return members.map(([key, item]) => line(asText(item), key));
  return members.length === 0
    ? []
    : [
        line(
          members
            .flat()
            .map(asText)
            .join(separators[style] ?? ','),
        ),
      ];
}

/** What a value is where there is one place for it: in a path, a header or a cookie. */
export function parameterText(name: string, value: unknown, { style, explode }: ParameterStyle): string {
  if (style === 'json') return JSON.stringify(value);
  const [before, between] =
    style === 'label'
      ? ['.', explode ? '.' : ',']
      : style === 'matrix'
        ? [';', explode ? ';' : ',']
        : ['', ','];
  const named = (text: string) => (style === 'matrix' ? `${name}=${text}` : text);
  if (Array.isArray(value)) {
    const items = value.map(asText);
    return `${before}${explode ? items.map(named).join(between) : named(items.join(between))}`;
  }
  if (!isPlainObject(value)) return `${before}${named(asText(value))}`;
  const members = Object.entries(value);
  if (explode) return `${before}${members.map(([key, item]) => `${key}=${asText(item)}`).join(between)}`;
  return `${before}${named(members.flat().map(asText).join(','))}`;
}

/** A text as it is, nothing for null, and everything else as JSON writes it. */
export function asText(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** A number that stands there as its text is no object. */
function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return isSchema(value) && JSON.stringify(value).startsWith('{');
}
