/** What can be nothing else than a credential, whatever stands around it. */

/** As their makers publish them; the counts leave room for those that change. */
const issued: readonly string[] = [
  // Modal: API tokens (ak-, as-) and proxy tokens (wk-, ws-).
  '(?:a[ks]|w[ks])-(?=[A-Za-z]{0,60}\\d)[A-Za-z0-9]{16,}',
  // Models and the tools around them.
  'hf_[A-Za-z0-9]{16,}',
  'api_org_[A-Za-z]{30,}',
  'sk-(?=[A-Za-z_-]{0,60}\\d)[\\w-]{16,}',
  'sess-[A-Za-z0-9]{40}',
  'gsk_[A-Za-z0-9]{20,}',
  'r8_[A-Za-z0-9]{30,}',
  'pplx-[A-Za-z0-9]{32,}',
  'xai-[A-Za-z0-9]{40,}',
  'nvapi-[\\w-]{40,}',
  'tgp_v1_[\\w-]{30,}',
  'fw_[A-Za-z0-9]{20,}',
  'csk-[a-z0-9]{40,}',
  'pcsk_[\\w-]{30,}',
  'wandb_v1_[\\w-]{30,}',
  'lsv2_(?:pt|sk)_[\\w]{30,}',
  '(?:sk|pk)-lf-[a-f0-9-]{30,}',
  'tvly-(?:dev-|prod-)?[A-Za-z0-9]{24,}',
  'jina_[\\w-]{40,}',
  'rpa_[A-Z0-9]{40,}\\w*',
  'pa-[\\w-]{40,}',
  // Clouds.
  '(?:AKIA|ASIA|ABIA|ACCA|A3T[A-Z0-9])[A-Z0-9]{16}(?![A-Z0-9])',
  'ABSK[A-Za-z0-9+/]{80,}={0,2}',
  'bedrock-api-key-[\\w+/=-]{20,}',
  'AIza[\\w-]{35}',
  'ya29\\.[\\w-]{20,}',
  'GOCSPX-[\\w-]{20,}',
  '1//0[\\w-]{30,}',
  'LTAI[A-Za-z0-9]{12,24}(?![A-Za-z0-9])',
  'AKID[A-Za-z0-9]{32}',
  'AQVN[\\w-]{35,38}',
  'AQAA[\\w-]{30,38}',
  't1\\.[A-Z0-9a-z_-]+={0,2}\\.[A-Z0-9a-z_-]{86}={0,2}',
  'do[oprt]_v1_[a-f0-9]{40,}',
  'dapi[a-f0-9]{32}(?:-\\d)?',
  'v1\\.0-[a-f0-9]{24}-[a-f0-9]{146}',
  'fo1_[\\w-]{40,}',
  'fm[12][ar]?_[A-Za-z0-9+/=_-]{50,}',
  'rnd_[A-Za-z0-9]{24,}',
  'nfp_[A-Za-z0-9]{36}',
  'vc[paikr]_[A-Za-z0-9]{20,}',
  'tskey-[a-z]{2,20}-\\w{6,}(?:-\\w{6,})?',
  'cf(?:ut|at|k)_[\\w-]{30,}',
  'HRKU-[\\w-]{36,}',
  'sbp_[a-f0-9]{40}',
  'sb_secret_[\\w-]{20,}',
  'pscale_(?:tkn|pw|oauth)_[\\w=.-]{32,}',
  'napi_[a-z0-9]{40,}',
  'hv[sbr]\\.[\\w-]{20,}',
  's\\.(?=[A-Za-z]{0,23}\\d)[A-Za-z0-9]{24}(?![A-Za-z0-9])',
  'pul-[a-f0-9]{40}',
  'dp\\.(?:pt|st|ct|sa|scim|audit)\\.[\\w.-]{40,}',
  'ops_eyJ[\\w+/=-]{40,}',
  'A3-[A-Z0-9]{6}-[A-Z0-9]{5,11}-[A-Z0-9]{5,11}-[A-Z0-9]{5}-[A-Z0-9]{5}',
  'AGE-SECRET-KEY-1[A-Z0-9]{58}',
  // Code and packages.
  'gh[pousr]_(?:\\d{1,20}_(?<=(?:^|[^\\w-])gh[pousr]_\\d{1,20}_)[\\w-]{8,}\\.[\\w-]{8,}\\.[\\w-]{8,}|\\w{30,})',
  'github_pat_\\w{22,}',
  'gl(?:pat|ptt|dt|rt|rtr|cbt|soat|ft|imt|agent|oas|ffct|wt)-[\\w.-]{16,}',
  'GR1348941[\\w-]{20,}',
  'ATATT3[\\w=-]{60,}',
  'AT(?:BB|CTT|SC)[A-Za-z0-9=_-]{24,}',
  'npm_[A-Za-z0-9]{36}',
  'pypi-[\\w-]{16,}',
  'rubygems_[a-f0-9]{48}',
  'cio[A-Za-z0-9]{32}(?![A-Za-z0-9])',
  'oy2[a-z0-9]{43}(?![A-Za-z0-9])',
  'CLOJARS_[a-z0-9]{60}',
  'dckr_[op]at_[\\w-]{20,}',
  'AKCp[A-Za-z0-9]{60,}',
  'cmVmd[A-Za-z0-9]{59}',
  'sq[apu]_[a-f0-9]{40}',
  'sgp_[a-fA-F0-9_]{40,}|sgp_local_[a-fA-F0-9]{40}',
  'CCIPAT_[\\w-]{40,}',
  'bkua_[a-f0-9]{40}',
  '[ps]at\\.[\\w-]{22}\\.[A-Za-z0-9]{24}\\.[A-Za-z0-9]{20}',
  'PMAK-[a-f0-9]{24}-[a-f0-9]{34}',
  'pn[ub]_[A-Za-z0-9]{36}',
  'rdme_[a-z0-9]{70}',
  'ico-[A-Za-z0-9]{32}',
  // Watching.
  'glc_[A-Za-z0-9+/]{32,}={0,3}',
  'glsa_[A-Za-z0-9]{32}_[A-Fa-f0-9]{8}',
  'NR(?:AK|II|RA|AA|BR)-[\\w-]{24,}|NRJS-[a-f0-9]{19}',
  'sntry[su]_[\\w+/=-]{40,}',
  'dt0[a-z]\\d{2}\\.[A-Za-z0-9]{24}\\.[A-Za-z0-9]{64}',
  // Messages, mail, money, shops and the rest.
  'xox[a-z](?:[.-]xox[a-z])?-[\\w%-]{10,}',
  'xapp-\\d-[\\w-]{10,}',
  'SG\\.(?=[\\w=-]{16,66}\\.)[\\w=.-]{33,}',
  'key-[0-9a-f]{32}(?![0-9a-f])',
  '(?:pubkey|privkey)-[0-9a-f]{32}',
  'xkeysib-[a-f0-9]{64}-[A-Za-z0-9]{16}',
  'SK[0-9a-fA-F]{32}(?![0-9A-Za-z])',
  'AC[0-9a-f]{32}(?![0-9A-Za-z])',
  '[MNO][A-Za-z0-9_-]{23,25}\\.[\\w-]{6}\\.[\\w-]{27,38}',
  'mfa\\.[\\w-]{80,}',
  '(?:sk|rk|pk)_(?:live|test|prod)_[A-Za-z0-9]{10,}',
  'sk_(?=[a-f]{0,40}\\d)[a-f0-9]{40,}',
  'whsec_[A-Za-z0-9+/]{20,}={0,2}',
  'sq0[a-z]{3}-[\\w-]{22,}',
  'EAAA[\\w-]{22,}',
  'EAA[MC][A-Za-z0-9]{40,}',
  'access_token\\$production\\$[a-z0-9]{16}\\$[a-f0-9]{32}',
  'access-(?:sandbox|development|production)-[0-9a-f-]{36}',
  'shp(?:at|ca|pa|ss|tka|ua)_[a-fA-F0-9]{32}',
  'shippo_(?:live|test)_[a-fA-F0-9]{40}',
  'EZ[AT]K[A-Za-z0-9]{54}',
  'duffel_(?:test|live)_[\\w=-]{43}',
  'FLW(?:SECK|PUBK)(?:_TEST)?-[A-Za-z0-9]{12,}(?:-X)?',
  'lin_(?:api|oauth)_[A-Za-z0-9]{32,}',
  'ntn_[A-Za-z0-9]{40,}',
  'secret_[A-Za-z0-9]{43}(?![A-Za-z0-9])',
  'pat[A-Za-z0-9]{14}\\.[a-f0-9]{64}',
  'fig(?:d|[our]h|o)_[\\w-]{30,}',
  'pat-(?:na|eu)\\d-[0-9a-f-]{36}',
  'CFPAT-[\\w-]{40,}',
  'sl\\.[\\w-]{130,}',
  'p8e-[A-Za-z0-9]{32}',
  'fio-u-[\\w=-]{64}',
  'tfp_[A-Za-z0-9_.=-]{59}',
  'aio_[A-Za-z0-9]{28}',
  'phx_[A-Za-z0-9]{40,}',
  'sk\\.eyJ[\\w-]{40,}\\.[\\w-]{20,}',
  'tk-us-[\\w-]{48}',
  's-s4t2(?:ud|af)-[a-f0-9]{64}',
  'ghr?st_[A-Za-z0-9]{30,}',
  'mnp_[A-Za-z0-9]{32,}|ey0hl[\\w-]{40,}',
  '(?:live|test)_pk_[A-Za-z0-9]{20,}',
  '(?:lob_)?(?:live|test)_(?:pub_)?[a-f0-9]{31,35}(?![0-9A-Za-z])',
  'bw_[\\w-]{40,}|cloudsmith_[\\w-]{30,}',
  'EAACEdEose0cBA[A-Za-z0-9]+',
  '(?:sc|ext|scauth|authress)_[a-z0-9]{5,30}\\.[a-z0-9]{4,6}\\.acc[_-][a-z0-9-]{10,32}\\.[a-z0-9+/_=-]{30,}',
  '4b1d[A-Za-z0-9]{38}(?![A-Za-z0-9])',
  'API-[A-Z0-9]{26}(?![A-Z0-9])',
  'sha256~[\\w-]{43}',
  'sm_[pas]at_[A-Za-z0-9]{16}',
];

/** Tokens of JSON that is signed or encrypted. */
const jsonWebToken = [
  // Only the first of a long word begins one, or each of them would be read to the end of the word.
  String.raw`eyJ(?<=(?:^|[^\w-]|\\[nrtbf]|%[0-9A-Fa-f]{2})eyJ)[\w-]{8,}\.[\w-]{8,}\.[\w-]*(?:\.[\w-]+){0,2}`,
  String.raw`ey(?<=(?:^|[^\w-]|\\[nrtbf]|%[0-9A-Fa-f]{2})ey)[A-Za-z0-9]{16,}\.ey[\w-]{16,}\.[\w-]*`,
  'ZXlK[A-Za-z0-9+/_-]{60,}={0,2}',
  'eyJrIjoi[A-Za-z0-9+/]{60,}={0,3}',
].join('|');

/** Addresses that are credentials: whoever knows them may write there. */
const hooks = [
  String.raw`(?<=hooks\.slack\.com\/(?:services|workflows|triggers)\/)[\w/-]{20,}`,
  String.raw`(?<=discord(?:app)?\.com\/api\/webhooks\/)\d{10,20}\/[\w-]{20,}`,
  String.raw`(?<=webhook\.office\.com\/)webhookb2\/[\w@/-]{40,}`,
  String.raw`(?<=hooks\.zapier\.com\/hooks\/catch\/)[\w/-]{8,}`,
  String.raw`(?<=chat\.googleapis\.com\/v1\/spaces\/)[\w-]{5,}\/messages\?[^\s"'<>]{10,}`,
  String.raw`(?<=maker\.ifttt\.com\/(?:trigger\/[\w-]{1,60}\/(?:json\/)?with|use)\/key\/|maker\.ifttt\.com\/use\/)[\w-]{20,}`,
];

/** All that begin with letters of their own, at once, so that a text is read once. */
export const knownForms = new RegExp(`${jsonWebToken}|${issued.join('|')}`, 'g');

/** Those that are told by what stands amid them, which is looked for first: a pattern would try every letter. */
export const rareForms: readonly (readonly [amid: string, form: RegExp])[] = [
  ['Q~', /[A-Za-z0-9_~.]{3}\dQ~[\w~.-]{31,34}/g],
  ['AZDO', /[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4}/g],
  ['.atlasv1.', /[A-Za-z0-9]{14}\.atlasv1\.[\w=-]{60,}/g],
  ['-us', /[0-9a-f]{32}-us\d{1,2}(?!\w)/g],
  [':A', /(?:bot)?\d{7,11}:A[A-Za-z0-9_-]{34}(?![\w-])/g],
  ['%3AA', /(?:bot)?\d{7,11}%3AA[A-Za-z0-9_-]{34}(?![\w-])/g],
  ['|', /\d{15,16}\|[\w-]{27,40}/g],
  ['_mmk', /[A-Za-z0-9]{6}_[A-Za-z0-9]{29}_mmk/g],
  ['hooks.', new RegExp(hooks.join('|'), 'g')],
  ['webhook', new RegExp(hooks.join('|'), 'g')],
  ['maker.ifttt.', new RegExp(hooks.join('|'), 'g')],
  ['chat.googleapis.', new RegExp(hooks.join('|'), 'g')],
];

/** Whether a form may begin at a place: after a sign, an escape of JSON or one of an address. */
export function mayBegin(text: string, at: number): boolean {
  if (!/[A-Za-z0-9_-]/.test(text.charAt(at - 1))) return true;
  return /\\[nrtbf]$|%[0-9A-Fa-f]{2}$/.test(text.slice(Math.max(0, at - 3), at));
}

/** Beside the id of an access key, its secret has no other mark than its length. */
export const accessKeyId = /(?<![A-Za-z0-9])(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Z0-9])/;
export const accessKeySecret = /(?<![A-Za-z0-9/+=])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])/g;

/** Modal's tokens when somebody types them by hand; such words are too short to be told in what is sent. */
export const shortToken = /(?<![A-Za-z0-9_-])(?:a[ks]|w[ks])-(?=[a-z]{0,60}[A-Z\d])[A-Za-z0-9]{6,}/g;

/** A name and password in base64. */
export const base64Word =
  /(?:(?<![A-Za-z0-9+/_\\-])|(?<=\\[nrt]))[A-Za-z0-9+/]{16,200}={0,2}(?![A-Za-z0-9+/=_-])/g;
/** The same as a part of a path. */
export const base64Part = /(?<=\/)[A-Za-z0-9+]{16,200}={0,2}(?![A-Za-z0-9+=_-])/g;

/** After the name of a scheme, which is also a word of prose. */
export const schemeValue = /\b(bearer|basic)(?:\s|%20|\+){1,4}([\w.~+/=-]{6,})/gi;

/** Name, password or both before a host; a token may stand in the place of a name. */
export const userInfo =
  /(?<![A-Za-z0-9+.-])([a-z][a-z0-9+.-]{1,30})(?::\\?\/\\?\/|%3A%2F%2F)([^\s/?#"'`<>\\]{1,400})(?:@|%40)(?=[^\s@])/gi;

export const privateKeyBegin =
  /-----BEGIN(?: |%20|\+)[A-Z0-9 %+]{0,40}PRIVATE(?: |%20|\+)KEY(?:(?: |%20|\+)BLOCK)?-----/g;
export const privateKeyEnd = /-----END(?: |%20|\+)[A-Z0-9 %+]{0,40}KEY(?:(?: |%20|\+)BLOCK)?-----/g;
