/** Masks what looks like a credential, whatever text it stands in. */

const patterns: readonly (readonly [RegExp, string])[] = [
  // Modal's own ids and secrets: API tokens (ak-, as-) and proxy tokens (wk-, ws-).
  [/\b(a[ks]|w[ks])-[A-Za-z0-9]{6,}/g, '$1-…'],
  [
    /\b(authorization|x-api-key|x-secret-key|modal-key|modal-secret)(["']?\s*[:=]\s*["']?)[^\s"',;]+(\s+[^\s"',;]+)?/gi,
    '$1$2…',
  ],
  [/([?&](?:key|token|api_key|secret|password|access_token)=)[^&\s]+/gi, '$1…'],
  [/\b(bearer)\s+[A-Za-z0-9._~+/=-]{8,}/gi, '$1 …'],
];

export function redact(text: string): string {
  return patterns.reduce((result, [pattern, replacement]) => result.replace(pattern, replacement), text);
}
