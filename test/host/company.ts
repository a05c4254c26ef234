import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

/** The certificate authority of a company, made now, and a certificate that it issued. */
export interface Company extends AsyncDisposable {
  /** File of the authority's own certificate. */
  readonly authority: string;
  readonly key: Buffer;
  readonly certificate: Buffer;
}

export async function makeCompany(names: readonly string[]): Promise<Company> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'company-'));
  const file = (name: string) => path.join(folder, name);
  const openssl = (...args: string[]) =>
    execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl(
    ...['req', '-x509', ...newKey, '-keyout', file('ca.key'), '-out', file('ca.pem')],
    ...['-subj', '/CN=Company Authority', '-days', '2'],
  );
  openssl(
    ...['req', ...newKey, '-keyout', file('leaf.key'), '-out', file('leaf.csr')],
    ...['-subj', `/CN=${names[0] ?? ''}`],
  );
  await writeFile(file('names'), `subjectAltName=${names.map((name) => `DNS:${name}`).join()}\n`);
  openssl(
    ...['x509', '-req', '-in', file('leaf.csr'), '-CA', file('ca.pem'), '-CAkey', file('ca.key')],
    ...['-CAcreateserial', '-days', '2', '-extfile', file('names'), '-out', file('leaf.pem')],
  );
  return {
    authority: file('ca.pem'),
    key: await readFile(file('leaf.key')),
    certificate: await readFile(file('leaf.pem')),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
