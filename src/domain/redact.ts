/** Masks what looks like a credential, whatever text it stands in. */

/** Names whose values are credentials, whatever these look like. */
const secretName =
  /^(?:proxy-)?authorization$|^modal-key$|pass(?:word|wd|phrase)$|secret$|credentials?$|(?:api|access|auth|secret|private|subscription)[-_]?key$|(?:access|api|auth|bearer|client|hf|refresh|session)[-_]?token$/i;
/** `tokens`, `token_count` and the marks of a tokenizer are ordinary words. */
const tokenName = /(?<!(?:page|next|eos|bos|pad|unk|sep|cls|mask|stop|prefix|suffix|image)[-_]?)token$/i;
/** A model's answer has words under the name `token`. */
const tokenLike = /^(?=.*\d|.{32})[\w.~+/=-]{8,}$/;
const shortQueryName = /^(?:key|sig|(?:[\w-]+-)?signature|auth)$/i;
const secretHeaderName =
  /^(?:set-)?cookie$|^(?:proxy-)?authorization$|^modal-(?:key|secret)$|(?:^|[-_])(?:token|secret|password)$|(?:^|[-_])(?:api|auth|access|secret|subscription)[-_]?key$/i;
/** `{{name}}`, alone or after the name of a scheme: the value stands elsewhere. */
const onlyReferences = /^(?:[A-Za-z]+\s+)?(?:\{\{[^{}\r\n]*\}\}[\s:.]*)+$/;

const patterns: readonly (readonly [RegExp, string])[] = [
  // Modal's own ids and secrets: API tokens (ak-, as-) and proxy tokens (wk-, ws-).
  [/\b(a[ks]|w[ks])-[A-Za-z0-9]{6,}/g, '$1-…'],
  [/\bhf_[A-Za-z0-9]{16,}/g, 'hf_…'],
  [
    /\b(authorization|x-api-key|x-secret-key|modal-key|modal-secret)(["']?\s*[:=]\s*["']?)[^\s"',;]+(\s+[^\s"',;]+)?/gi,
    '$1$2…',
  ],
  [/\b(bearer)\s+[A-Za-z0-9._~+/=-]{8,}/gi, '$1 …'],
];
/** A key of many services; without a digit it is words. */
const skKey = /\bsk-[\w-]{16,}/g;

const memberName = String.raw`([\w.-]{0,60}(?:authorization|pass(?:word|wd|phrase)|secret|credentials?|key|token))`;
/** Also JSON within a string of JSON. */
const member = new RegExp(
  String.raw`(\\?["'])${memberName}\1(\s*:\s*)(\\?["'])((?:(?!\4)(?:\\.|[^\\\r\n]))*)\4`,
  'gi',
);
/** Strings that have no end on their line, or no quotes, and numbers. */
const unfinishedMember = new RegExp(
  String.raw`(?<=["'{,]\s{0,8})${memberName}(["']?\s*:\s*)(?:(["'])((?:\\.|(?!\3)[^\\\r\n])*)(?=\\?(?:[\r\n]|$))|(?!(?:null|true|false)\b)([^\s"'\\,;{}[\]]+))`,
  'gi',
);
const unmistakable = /\b(?:hf_[A-Za-z0-9]{16,}|sk-[\w-]{16,}|(?:a[ks]|w[ks])-[A-Za-z0-9]{16,})/g;
const hasDigit = (value: string) => /\d/.test(value);
const parameter = /(^|[?&])([\w.-]{1,80})=([^&\s]+)/g;

export function redact(text: string): string {
  const mask = () => '…';
  return patterns.reduce(
    (result, [pattern, replacement]) => result.replace(pattern, replacement),
    replaceUnfinished(replaceNamed(text, mask), mask).replace(skKey, (value) =>
      hasDigit(value) ? 'sk-…' : value,
    ),
  );
}

type Put = (name: string, value: string) => string;

/**
 * Puts something in the place of each credential that its name tells: members of JSON, fields of a form, parameters of
 * an address.
 * @param put gets name and value as they stand in the text
 */
function replaceNamed(text: string, put: Put): string {
  return text
    .replace(member, (whole, quote: string, name: string, colon: string, open: string, value: string) =>
      isSecretMember(name, value)
        ? `${quote}${name}${quote}${colon}${open}${put(name, value)}${open}`
        : whole,
    )
    .replace(parameter, (whole, before: string, name: string, value: string) => {
      // What a text begins with need not be a parameter.
      const isWord = before === '' && shortQueryName.test(name);
      return !isWord && isSecretParameter(name, value) ? `${before}${name}=${put(name, value)}` : whole;
    });
}

function replaceUnfinished(text: string, put: Put): string {
  return text.replace(
    unfinishedMember,
    (
      whole,
      name: string,
      colon: string,
      open: string | undefined,
      inner: string | undefined,
      bare: string,
    ) => {
      const value = inner ?? bare;
      return isSecretMember(name, value) ? `${name}${colon}${open ?? ''}${put(name, value)}` : whole;
    },
  );
}

/**
 * Puts something in the place of each credential that its name tells, or that can be nothing else by its form. Unlike
 * `redact` it leaves alone what may be words, so that the text can still be sent.
 * @param put gets name and value as they stand in the text
 */
export function replaceCredentials(text: string, put: Put): string {
  const named = replaceNamed(text, put);
  const whole = isBrokenJson(text) ? replaceUnfinished(named, put) : named;
  return whole.replace(unmistakable, (value) =>
    value.startsWith('hf_') || hasDigit(value) ? put('token', value) : value,
  );
}

function isBrokenJson(text: string): boolean {
  if (!/^\s*[[{]/.test(text)) return false;
  try {
    JSON.parse(text);
    return false;
  } catch {
    return true;
  }
}

/** Whether a variable holds a credential by its name. */
export const isSecretName = (name: string) => secretName.test(name) || tokenName.test(name);

/** Whether a member of an object, or a field of a form, is a credential by its name. */
export function isSecretMember(name: string, value: string): boolean {
  if (value === '' || value === '…' || onlyReferences.test(value)) return false;
  return secretName.test(name) || (tokenName.test(name) && tokenLike.test(value));
}

/** Whether a parameter of an address is a credential by its name. */
export function isSecretParameter(name: string, value: string): boolean {
  if (value === '' || value === '…' || onlyReferences.test(value)) return false;
  return isSecretName(name) || shortQueryName.test(name);
}

/** A header's name is looked at together with its value: `x-api-key: …` is a key, whatever it looks like. */
export function redactHeader(name: string, value: string): string {
  if (value === '' || onlyReferences.test(value)) return value;
  return secretHeaderName.test(name) ? '…' : redact(value);
}
