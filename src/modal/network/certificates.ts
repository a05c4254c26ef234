import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import tls from 'node:tls';
import type { NetworkSettings } from '../../domain/network.ts';

type Source = 'default' | 'system' | 'extra';

/** By what they are made of: reading the system's takes tens of milliseconds. */
const contexts = new Map<string, tls.SecureContext>();

/** Files that other clients of the user trust, by their variables; Node reads its own variable only when it starts. */
const fileVariables = ['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE'];

/**
 * What is trusted: Node's own list, the files of the variables, and what the operating system trusts. Naming any list
 * replaces the whole of it, so all are joined.
 */
export function trustedContext({ systemCertificates, variables }: NetworkSettings): tls.SecureContext {
  const files = fileVariables.flatMap((name) => variables[name] || []);
  const key = [systemCertificates, ...files].join('\0');
  const known = contexts.get(key);
  if (known) return known;
  const sources: Source[] = ['default', 'extra', ...(systemCertificates ? (['system'] as const) : [])];
  const ca = [...sources.flatMap(certificatesOf), ...files.flatMap(certificatesIn)];
  const context = tls.createSecureContext({ ca: [...new Set(ca)] });
  contexts.set(key, context);
  return context;
}

function certificatesOf(source: Source): readonly string[] {
  try {
    return tls.getCACertificates(source);
  } catch {
    return source === 'default' ? tls.rootCertificates : []; // not offered by this build of Node
  }
}

const oneCertificate = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** A file that is missing, or a folder, adds nothing, as in Node; nor does a certificate that cannot be read. */
function certificatesIn(file: string): readonly string[] {
  try {
    return (readFileSync(file, 'latin1').match(oneCertificate) ?? []).filter(isReadable);
  } catch {
    return [];
  }
}

function isReadable(certificate: string): boolean {
  try {
    return new X509Certificate(certificate).raw.length > 0;
  } catch {
    return false;
  }
}
