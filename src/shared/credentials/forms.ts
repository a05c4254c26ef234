/** Credentials that are told by their form, but not by their first letters. */

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
