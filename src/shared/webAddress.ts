/** No browser shows more, and every server refuses it. */
const longestAddress = 8192;

/** Whether a host can only be this machine. */
export function isLoopback(hostname: string): boolean {
  return /^(?:localhost|.+\.localhost|127(?:\.\d{1,3}){3}|\[::1\])$/i.test(hostname);
}

/**
 * An address that may be opened: HTTPS, or HTTP on this machine, and without a user name, which is only there to
 * look like another host.
 * @returns undefined for anything else; the result and not the text is what to open, since readers differ on odd texts
 */
export function webAddress(text: string): URL | undefined {
  if (text.length > longestAddress || /[\s\p{Cc}\\]/u.test(text) || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (url.username || url.password) return undefined;
  if (url.protocol === 'https:') return url;
  return url.protocol === 'http:' && isLoopback(url.hostname) ? url : undefined;
}
