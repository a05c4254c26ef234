/** Which names are those of credentials, by their words: `dbPassword`, `X-API-Key`, `PGPASSWORD`. */

/**
 * What a value must be to be one: `any`; `secret`: no path and no word like "first"; `like`: it looks like a token;
 * `link`: it is more than a word.
 */
type Wanted = 'any' | 'secret' | 'like' | 'link';

/** Of each text many names are looked at, and nearly all of them have none of this. */
const hint =
  /pass|pwd|secret|tok|key|auth|cred|cookie|sess|sid|jwt|[cx]srf|dsn|ur[il]|str|jdbc|sas|mnemonic|seed|assert|saml|bearer|otp|verifier|kennwort|passwort/i;

const alwaysLast =
  /(?:password|passwords|passwd|passphrase|passcode|passwort|kennwort|secret|secrets|credentials?|apikeys?|secretkey|accesskey|privatekey|authkey|masterkey|accesstoken|authtoken|refreshtoken|bearertoken|sessiontoken)$|^(?:authorization|authentication|jwt|csrf|xsrf|mnemonic|bearer|secretaccesskey)$/;
const secretLast = /^(?:pwd|pass|passwd|pw|dbpass|userpass|mypass|psw)$/;
const likeLast =
  /(?:sessionid|sessid|token)$|^(?:session|sess|sid|auth|xauth|otp|cookies?|assertion|samlresponse|sas)$/;
const linkLast = /^(?:dsn|databaseurl|connectionstring|connstr|jdbcurl)$/;

const keyOf =
  /^(?:api|access|auth|authorization|secret|private|subscription|account|master|encryption|decryption|encrypt|signing|sign|shared|storage|sas|session|client|consumer|deploy|deployment|ssh|webhook|write|admin|service|functions?|hmac|aes|jwt|license|fernet|wandb|openai|anthropic|claude|cohere|pinecone|azure|gemini|stripe|tavily|groq|mistral|modal|huggingface|replicate|sendgrid|twilio|datadog|linear|notion|algolia|mapbox|maps|firebase|voyage|langsmith|langfuse|together|fireworks|deepseek|serper|elevenlabs|perplexity|openrouter)$/;
const tokenOf =
  /^(?:access|api|auth|authentication|authorization|oauth|oauth2|bearer|client|hf|refresh|session|id|bot|personal|private|secret|security|deploy|csrf|xsrf|jwt|github|gitlab|gh|slack|npm|pypi|discord|telegram|huggingface|hub|modal|registration|registry|verification|reset|invite|device|push|webhook|vault|ci|job|runner|sas|app|user|login|x|service|proxy|wandb|replicate|databricks|do|digitalocean|figma|notion|sentry|twilio|circle|netlify|vercel|fly|cloudflare|cf)$/;
/** Marks of a tokenizer, places in a list: ordinary words. */
const noTokenOf =
  /^(?:page|next|eos|bos|pad|unk|sep|cls|mask|stop|prefix|suffix|image|start|end|first|last|begin|input|output|prompt|completion|continuation|special|text|audio|video|max|min|num|per|unknown|decoder|forced|new|previous|prev|current|word|sub|char|byte|top|sample|sampled|generated|predicted|target|draft|of|each|cancellation|sync|cursor|separator|placeholder|think|tool)$/;
/** Words after the noun that say more about it. */
const modifiers =
  /^(?:value|plain|plaintext|base64|b64|raw|data|confirm|confirmation|confirmed|again|repeat|verify|prod|production|dev|test|live|staging|old|new|current|primary|secondary)$/;

const known = new Map<string, Wanted | undefined>();
const mostKnown = 2000;

/** @returns what its value must be; undefined when the name is no credential's */
export function wantedOf(name: string): Wanted | undefined {
  if (name.length > 100 || !hint.test(name)) return undefined;
  if (known.has(name)) return known.get(name);
  if (known.size >= mostKnown) known.clear();
  const wanted = find(wordsOf(name));
  known.set(name, wanted);
  return wanted;
}

function wordsOf(name: string): string[] {
  const words = name
    .replaceAll(/([a-z\d])([A-Z])/g, '$1 $2')
    .replaceAll(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .map((word) => (/^(?:\d+|oauth2|base64|b64)$/.test(word) ? word : word.replace(/\d{1,4}$/, '')))
    .filter((word) => word !== '');
  while (words.length > 1 && isModifier(words.at(-1) ?? '')) words.pop();
  return words;
}

const isModifier = (word: string) => /^\d+$/.test(word) || modifiers.test(word);

function find(words: readonly string[]): Wanted | undefined {
  const [before = '', last = ''] = words.length > 1 ? words.slice(-2) : ['', ...words];
  const first = words.length > 2 ? (words.at(-3) ?? '') : '';
  if (/^keys?$/.test(last)) return keyOf.test(before) ? 'any' : undefined;
  if (last === 'token') return noTokenOf.test(before) ? undefined : tokenOf.test(before) ? 'any' : 'like';
  if (last === 'id') return ofId(first, before);
  if (/^(?:url|uri|string|str)$/.test(last)) return ofLink(before);
  if (last === 'phrase' || last === 'words')
    return /^(?:seed|pass|mnemonic)$/.test(before) ? 'any' : undefined;
  if (before === 'x' && last === 'auth') return 'any';
  if (alwaysLast.test(last)) return 'any';
  if (secretLast.test(last)) return 'secret';
  if (linkLast.test(last)) return 'link';
  if (likeLast.test(last) && !noTokenOf.test(before)) return 'like';
  return last === 'verifier' && before === 'code' ? 'like' : undefined;
}

function ofId(first: string, before: string): Wanted | undefined {
  if (before === 'key' && /^(?:access|api)$/.test(first)) return 'any';
  return /^(?:session|sess|secret)$/.test(before) ? 'like' : undefined;
}

function ofLink(before: string): Wanted | undefined {
  return /^(?:database|db|connection|conn|redis|mongo|mongodb|postgres|postgresql|mysql|amqp|rabbitmq|broker|jdbc|sas|webhook)$/.test(
    before,
  )
    ? 'link'
    : undefined;
}

/** `{{name}}`, alone or after the name of a scheme: the value stands elsewhere. */
const onlyReferences = /^(?:[A-Za-z]+\s+)?(?:\{\{[^{}\r\n]*\}\}[\s:.]*)+$/;
const standsElsewhere =
  /^(?:\$\{[^{}]*\}|\$\([^()]*\)|\$[A-Z_][A-Z0-9_]*|%[A-Z_][A-Z0-9_]*%|<[^<>]*>|\*+|x{3,}|\.{3}|…)$/;
const nothing = /^(?:|null|nil|none|true|false|undefined|yes|no|on|off|\[\]|\{\})$/i;

/** Whether there is no credential in a value, whatever its name. */
export function isEmptyValue(value: string): boolean {
  return nothing.test(value) || onlyReferences.test(value) || standsElsewhere.test(value);
}

/** Whether it stands elsewhere. Unlike `isEmptyValue` it takes any word for a value. */
export function isReference(value: string): boolean {
  return value === '' || value === '…' || onlyReferences.test(value);
}

/** A model's answer has words under the name `token`. */
const tokenLike = /^(?=.*\d|.{32})[\w.~+/=%-]{8,}$/;
const path = /^(?:[/~]|[A-Za-z]:[\\/]|\.{1,2}[\\/])/;
const ordinary =
  /^(?:first|second|third|final|last|single|multi|all|one|two|forward|backward|render|\d{1,3})$/i;

/** Whether a value is what its name wants. */
export function isWanted(wanted: Wanted, value: string): boolean {
  switch (wanted) {
    case 'any':
      return true;
    case 'secret':
      return !path.test(value) && !ordinary.test(value);
    case 'like':
      return tokenLike.test(value) || /^[\w.-]{1,60}=[^\s;]{4,}/.test(value);
    case 'link':
      return /[:=@]/.test(value);
  }
}
