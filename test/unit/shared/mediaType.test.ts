import { expect, it } from 'vitest';
import { isJsonType } from '../../../src/shared/mediaType.ts';

// By https://mimesniff.spec.whatwg.org/#json-mime-type
it.each([
  ['application/json', true],
  ['text/json', true],
  ['application/problem+json', true],
  ['model/gltf+json', true],
  ['application/jsonl', false],
  ['application/x-json', false],
  ['image/json', false],
  ['text/plain', false],
  ['', false],
])('a media type is taken for JSON, or is not: %j', (type, isJson) => {
  expect(isJsonType(type)).toBe(isJson);
});
