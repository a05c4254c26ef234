import type { ParameterStyle } from '../shared/schema/parameterLines.ts';
import type { Schema } from '../shared/schema/schema.ts';

/** What an endpoint's own description says of it. */

export interface ApiOperation {
  /** Method and path, e.g. `POST /embed`. */
  readonly id: string;
  readonly method: string;
  /** With `{name}` for path parameters. */
  readonly path: string;
  readonly title: string;
  /** First tag; '' without. */
  readonly tag: string;
  readonly deprecated: boolean;
}

export interface ApiParameter extends ParameterStyle {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header' | 'cookie';
  readonly required: boolean;
  readonly description: string;
  /** Self-contained. */
  readonly schema: Schema;
}

export interface FieldEncoding extends ParameterStyle {
  readonly name: string;
  /** Media type; '' where none is told. */
  readonly type: string;
}

export interface ApiBody {
  /** Media type. */
  readonly type: string;
  /** Self-contained JSON Schema 2020-12. */
  readonly schema: Schema;
  readonly example?: unknown;
  /** How members of a form are written, where the description says so. */
  readonly encoding?: readonly FieldEncoding[] | undefined;
  /** The schema was too large and lacks some of its parts. */
  readonly cut: boolean;
}

export interface ApiOperationDetails extends ApiOperation {
  readonly description: string;
  /** What the description says that is not done, in words; '' without. */
  readonly note: string;
  readonly parameters: readonly ApiParameter[];
  /** Those that a form can make come first: JSON, then forms. */
  readonly bodies: readonly ApiBody[];
  readonly bodyRequired: boolean;
}

/** The operation that a method and path mean; a path with its parameters filled in counts as well. */
export function matchOperation<T extends ApiOperation>(
  operations: readonly T[],
  method: string,
  path: string,
): T | undefined {
  const [bare = ''] = path.split(/[?#]/);
  const ofMethod = operations.filter((operation) => operation.method === method);
  return (
    ofMethod.find((operation) => operation.path === bare) ??
    ofMethod.find((operation) => fits(bare, operation.path.split(/\{[^{}]*\}/)))
  );
}

/** Whether a path consists of these parts with something between each two of them, which has no slash. */
function fits(path: string, [first = '', ...rest]: readonly string[]): boolean {
  const last = rest.pop();
  if (last === undefined) return path === first;
  if (!path.startsWith(first) || !path.endsWith(last)) return false;
  const end = path.length - last.length;
  let at = first.length;
  // The first place is as good as any: what is left over for the later parts only becomes less.
  for (const part of rest) {
    const next = path.indexOf(part, at + 1);
    if (next < 0 || path.slice(at, next).includes('/')) return false;
    at = next + part.length;
  }
  return at < end && !path.slice(at, end).includes('/');
}
