import { isSecretMember, isSecretParameter, redacting, replacing } from '../../../shared/redact.ts';
import type { Steps } from '../../../shared/steps.ts';
import { inOneGo } from '../../../shared/steps.ts';
import type { DraftBody, DraftPart, Pair, RequestDraft } from '../../../domain/requestDraft.ts';
import { variableName, writtenHeader } from './secretHeaders.ts';

/** A draft as it may be written anywhere: in the place of credentials stand variables. Anything else is the same. */
export const maskedDraft = (draft: RequestDraft) => inOneGo(maskingDraft(draft));

/** The same in steps: a body may have any length. */
export function* maskingDraft(draft: RequestDraft): Steps<RequestDraft> {
  const { pathValues, query, headers, otherBodies = [] } = draft;
  const path = yield* maskedText(draft.path);
  const values = yield* each(Object.entries(pathValues), maskedPathValue);
  const parameters = yield* each(query, maskedPair);
  const body = yield* maskedBody(draft.body);
  const others = yield* each(otherBodies, maskedBody);
  return {
    ...draft,
    path,
    pathValues: Object.fromEntries(values),
    query: parameters,
    headers: headers.map((pair) => ({ ...pair, value: writtenHeader(pair.name, pair.value) })),
    body,
    ...(draft.otherBodies ? { otherBodies: others } : {}),
  };
}

function* each<Item, Result>(items: readonly Item[], masked: (item: Item) => Steps<Result>): Steps<Result[]> {
  const results: Result[] = [];
  for (const item of items) results.push(yield* masked(item));
  return results;
}

/** Not as a parameter: `key` names a thing there. */
function* maskedPathValue([name, value]: [string, string]): Steps<[string, string]> {
  return [name, isSecretMember(name, value) ? variable(name) : yield* maskedText(value)];
}

function* maskedBody(body: DraftBody): Steps<DraftBody> {
  switch (body.kind) {
    case 'none':
      return body;
    case 'text':
      return { ...body, text: yield* maskedText(body.text) };
    case 'form':
      return { ...body, fields: yield* each(body.fields, maskedPair) };
    case 'multipart':
      return { ...body, parts: yield* each(body.parts, maskedPart) };
  }
}

function* maskedPart(part: DraftPart): Steps<DraftPart> {
  return part.text === undefined ? part : { ...part, text: yield* maskedValue(part.name, part.text) };
}

function* maskedPair(pair: Pair): Steps<Pair> {
  return { ...pair, value: yield* maskedValue(pair.name, pair.value) };
}

function* maskedValue(name: string, value: string): Steps<string> {
  const isSecret = isSecretMember(name, value) || isSecretParameter(name, value);
  return isSecret ? variable(name) : yield* maskedText(value);
}

function* maskedText(text: string): Steps<string> {
  return yield* redacting(yield* replacing(text, variable));
}

const variable = (name: string) => `{{${variableName(name).toUpperCase()}}}`;
