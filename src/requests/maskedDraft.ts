import { isSecretMember, isSecretParameter, redact, replaceCredentials } from '../domain/redact.ts';
import type { DraftBody, Pair, RequestDraft } from '../domain/requestDraft.ts';
import { variableName, writtenHeader } from './secretHeaders.ts';

/** A draft as it may be written anywhere: in the place of credentials stand variables. Anything else is the same. */
export function maskedDraft(draft: RequestDraft): RequestDraft {
  const { pathValues, query, headers, otherBodies } = draft;
  return {
    ...draft,
    path: maskedText(draft.path),
    pathValues: Object.fromEntries(
      // Not as parameters: `key` names a thing there.
      Object.entries(pathValues).map(([name, value]) => [
        name,
        isSecretMember(name, value) ? variable(name) : maskedText(value),
      ]),
    ),
    query: query.map(maskedPair),
    headers: headers.map((pair) => ({ ...pair, value: writtenHeader(pair.name, pair.value) })),
    body: maskedBody(draft.body),
    ...(otherBodies ? { otherBodies: otherBodies.map(maskedBody) } : {}),
  };
}

function maskedBody(body: DraftBody): DraftBody {
  switch (body.kind) {
    case 'none':
      return body;
    case 'text':
      return { ...body, text: maskedText(body.text) };
    case 'form':
      return { ...body, fields: body.fields.map(maskedPair) };
    case 'multipart':
      return {
        ...body,
        parts: body.parts.map((part) =>
          part.text === undefined ? part : { ...part, text: maskedValue(part.name, part.text) },
        ),
      };
  }
}

function maskedPair(pair: Pair): Pair {
  return { ...pair, value: maskedValue(pair.name, pair.value) };
}

function maskedValue(name: string, value: string): string {
  const isSecret = isSecretMember(name, value) || isSecretParameter(name, value);
  return isSecret ? variable(name) : maskedText(value);
}

function maskedText(text: string): string {
  return redact(replaceCredentials(text, variable));
}

const variable = (name: string) => `{{${variableName(name).toUpperCase()}}}`;
