/** What other features use of requests without the editor. */
export { FailureWatch } from './answer/failureWatch.ts';
export type { Json } from './answer/json.ts';
export { cosine, vectorsOf } from './answer/vectors.ts';
export { keyName, knownAuth, secretNames } from './auth.ts';
export { addHeader, checkHeaders, checkHost } from './checkHeaders.ts';
export { errorReason } from './errorReason.ts';
export { explainResult } from './explain.ts';
export { isNumber, isNumberText, parseKeepingNumbers } from './keepNumbers.ts';
export type { HttpClient } from './loadHttpClient.ts';
export { loadHttpClient } from './loadHttpClient.ts';
export type { TextRange } from './references.ts';
export { hasEscape, isKeyVariable, keyVariables, referencesIn, replaceReferences } from './references.ts';
export { wholeBody } from './requestBody.ts';
export { sampleBody } from './sample.ts';
export {
  filledHeaders,
  hasReference,
  isCredentialHeader,
  mayCarryCredential,
  variableName,
  writtenHeader,
} from './secretHeaders.ts';
export type { SecretVariable } from './secretVariables.ts';
export {
  credentialValues,
  hasVariables,
  prepareVariables,
  spellVariables,
  withVariables,
} from './secretVariables.ts';
export type { SendProgress } from './send.ts';
export { RequestSender } from './send.ts';
