import tls from 'node:tls';

type Source = 'default' | 'system' | 'extra';

/** By whether the system's are among them: reading them takes tens of milliseconds. */
const contexts = new Map<boolean, tls.SecureContext>();

/**
 * What is trusted: Node's own list, `NODE_EXTRA_CA_CERTS`, and what the operating system trusts. Naming any list
 * replaces the whole of it, so all are joined.
 */
export function trustedContext(systemCertificates: boolean): tls.SecureContext {
  const known = contexts.get(systemCertificates);
  if (known) return known;
  const sources: Source[] = ['default', 'extra', ...(systemCertificates ? (['system'] as const) : [])];
  const context = tls.createSecureContext({ ca: [...new Set(sources.flatMap(certificatesOf))] });
  contexts.set(systemCertificates, context);
  return context;
}

function certificatesOf(source: Source): readonly string[] {
  try {
    return tls.getCACertificates(source);
  } catch {
    return source === 'default' ? tls.rootCertificates : []; // not offered by this build of Node
  }
}
