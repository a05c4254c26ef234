import type { Json } from './json.ts';
import { isContainer, jsonText, numberOf } from './json.ts';

/** A vector of an answer, e.g. the embedding of one text. */
export interface Vector {
  readonly label: string;
  readonly values: Float64Array;
  /** Of the first values, as they came. */
  readonly first: readonly string[];
}

/** What is shown of one. */
export interface VectorFacts {
  readonly label: string;
  readonly dimensions: number;
  readonly norm: number;
  readonly first: readonly string[];
  /** Means of equal parts of the vector, for a small picture. */
  readonly outline: readonly number[];
}

/** Shorter lists of numbers are more often sizes or scores. */
const fewestDimensions = 16;
const mostVectors = 100;
const shownValues = 8;
const outlinePoints = 96;

/** Embeddings in the forms that are in use: lists of numbers under any name, and OpenAI's base64 of float32. */
export function vectorsOf(json: Json): Vector[] {
  const found: Vector[] = [];
  collect(json, '', found, 0);
  return found;
}

function collect(value: Json, label: string, found: Vector[], depth: number): void {
  if (found.length >= mostVectors || depth > 6 || !isContainer(value)) return;
  if (Array.isArray(value)) {
    if (isVector(value))
      found.push({
        label: label || 'answer',
        values: Float64Array.from(value, (item) => numberOf(item) ?? 0),
        first: value.slice(0, shownValues).map(jsonText),
      });
    else if (isContainer(value[0]))
      for (const [index, item] of value.slice(0, mostVectors).entries())
        collect(item, `${label}[${index}]`, found, depth + 1);
    return;
  }
  for (const [key, item] of Object.entries(value)) {
    const name = label ? `${label}.${key}` : key;
    const packed = key === 'embedding' && typeof item === 'string' ? unpack(item) : undefined;
    if (packed)
      found.push({ label: name, values: packed, first: [...packed.subarray(0, shownValues)].map(String) });
    else collect(item, name, found, depth + 1);
  }
}

function isVector(list: Json[]): boolean {
  return (
    list.length >= fewestDimensions &&
    list.every((item) => numberOf(item) !== undefined) &&
    // Ids of tokens and counts are whole numbers; a vector is not.
    list.some((item) => !Number.isInteger(numberOf(item)))
  );
}

/** Little-endian float32 in base64. */
function unpack(text: string): Float64Array | undefined {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length % 4 !== 0 || bytes.length < fewestDimensions * 4) return undefined;
  return Float64Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readFloatLE(index * 4));
}

export function vectorFacts({ label, values, first }: Vector): VectorFacts {
  return {
    label,
    dimensions: values.length,
    norm: norm(values),
    first,
    outline: outline(values),
  };
}

/** @returns undefined for vectors of different sizes, and where one is zero */
export function cosine(a: Float64Array, b: Float64Array): number | undefined {
  if (a.length !== b.length) return undefined;
  const length = norm(a) * norm(b);
  if (length === 0) return undefined;
  const dot = a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);
  return Math.min(1, Math.max(-1, dot / length));
}

function norm(values: Float64Array): number {
  return Math.hypot(...chunkNorms(values));
}

/** In parts, because a call takes only so many arguments. */
function chunkNorms(values: Float64Array): number[] {
  const norms: number[] = [];
  for (let at = 0; at < values.length; at += 1024) norms.push(Math.hypot(...values.subarray(at, at + 1024)));
  return norms;
}

function outline(values: Float64Array): number[] {
  const points = Math.min(outlinePoints, values.length);
  return Array.from({ length: points }, (_, point) => {
    const part = values.subarray(
      Math.floor((point * values.length) / points),
      Math.floor(((point + 1) * values.length) / points),
    );
    return part.reduce((sum, value) => sum + value, 0) / part.length;
  });
}
