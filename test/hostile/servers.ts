/** HTTP servers that mean harm or are broken, as the bytes they write. */
import zlib from 'node:zlib';
import type { HostileServer, Visit } from './rawAnswers.ts';
import { answer, chunked, drips, inBytes, mb, pours, says, saysAndEnds, sized } from './rawAnswers.ts';

const redirect = (status: number, to: (visit: Visit) => string, more = ''): HostileServer['answer'] =>
  says((visit) =>
    answer(`Location: ${to(visit)}\r\nContent-Length: 0\r\n${more}`, '', `HTTP/1.1 ${status} Elsewhere`),
  );

const elsewhere: readonly (readonly [string, number, (visit: Visit) => string])[] = [
  ['an address', 301, ({ far }) => `http://${far}/`],
  ['an address in capitals', 302, ({ far }) => `HTTP://${far}/`],
  ['no scheme', 303, ({ far }) => `//${far}/`],
  ['three slashes', 307, ({ far }) => `///${far}/`],
  ['backslashes', 308, ({ far }) => `\\\\${far}/`],
  ['a slash and a backslash', 307, ({ far }) => `/\\${far}/`],
  ['this server as a user', 307, ({ near, far }) => `http://${near}@${far}/`],
  ['this server as a password', 308, ({ near, far }) => `http://a:${near}@${far}/`],
  ['a number', 301, ({ far }) => `http://2130706433:${far.split(':')[1] ?? ''}/`],
  ['a host in hexadecimal', 302, ({ far }) => `http://0x7f.1:${far.split(':')[1] ?? ''}/`],
  ['another name of the machine', 307, ({ near }) => `http://localhost:${near.split(':')[1] ?? ''}/`],
  ['another scheme', 307, ({ near }) => `https://${near}/`],
  ['tabs within', 302, ({ far }) => `ht\ttp:/\t/${far}/`],
  ['a poll of another server', 303, ({ far }) => `http://${far}/?__modal_function_call_id=fc-1`],
  ['a file', 302, () => 'file:///etc/passwd'],
  ['data', 302, () => 'data:text/html,<script>alert(1)</script>'],
  ['a script', 302, () => 'javascript:alert(1)'],
  ['what is no address', 302, () => 'http://[::1'],
];

const zeros = Buffer.alloc(60 * mb);
/** Packed once, when the first asks. */
const once = <Value>(make: () => Value) => {
  let made: Value | undefined;
  return () => (made ??= make());
};
const gzipBomb = once(() => zlib.gzipSync(zeros));
const bombs: readonly (readonly [string, () => Buffer])[] = [
  ['gzip', gzipBomb],
  ['x-gzip', gzipBomb],
  ['deflate', once(() => zlib.deflateSync(zeros))],
  ['deflate', once(() => zlib.deflateRawSync(zeros))],
  [
    'br',
    once(() => zlib.brotliCompressSync(zeros, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 3 } })),
  ],
  ['zstd', once(() => zlib.zstdCompressSync(zeros))],
  ['gzip, gzip', once(() => zlib.gzipSync(gzipBomb()))],
  ['deflate, br', once(() => zlib.brotliCompressSync(zlib.deflateSync(zeros)))],
  ['gzip, zstd, identity', once(() => zlib.zstdCompressSync(gzipBomb()))],
];

const swapped = (text: string) => Buffer.from(text, 'utf16le').swap16();
const event = `data: ${'x'.repeat(65_000)}\n\n`;

export const hostileServers: readonly HostileServer[] = [
  ...elsewhere.map(([form, status, to]) => ({
    name: `redirect elsewhere: ${form}`,
    answer: redirect(status, to),
    ends: `${status}`,
  })),
  {
    name: 'redirect: two places at once',
    answer: redirect(302, ({ far }) => `http://${far}/\r\nLocation: http://${far}/2`),
    ends: '302',
  },
  {
    name: 'redirect: by 300, 305 and a Refresh',
    answer: redirect(305, ({ far }) => `http://${far}/`, 'Refresh: 0;url=http://127.0.0.1:1/\r\n'),
    ends: '305',
  },
  { name: 'redirect: created, not moved', answer: redirect(201, ({ far }) => `http://${far}/`), ends: '201' },
  {
    name: 'redirect: another service by Alt-Svc',
    answer: says(({ far }) =>
      sized(
        `Alt-Svc: h2="${far}"; ma=9\r\nContent-Location: http://${far}/\r\nLink: <http://${far}/>; rel=preconnect\r\n`,
        'ok',
      ),
    ),
    ends: '200',
  },
  { name: 'redirect: to itself for ever', answer: redirect(302, () => '/'), ends: 'error limit' },
  {
    name: 'redirect: to a longer address each time',
    answer: redirect(307, ({ path }) => `${path}a`),
    ends: 'error limit',
  },
  {
    name: 'redirect: first here, then elsewhere',
    answer: redirect(307, ({ path, far }) => (path === '/' ? '/2' : `http://${far}/`)),
    ends: '307',
  },

  ...bombs.map(([encoding, bytes], at) => ({
    name: `bomb: ${encoding} (${at + 1})`,
    answer: says(() => sized(`Content-Encoding: ${encoding}\r\n`, bytes())),
    ends: '200 bomb',
  })),
  {
    name: 'encoding: three thousand at once',
    answer: says(sized(`Content-Encoding: ${'gzip,'.repeat(3000)}\r\n`, 'x')),
    ends: '200 bomb',
  },
  { name: 'encoding: unknown', answer: says(sized('Content-Encoding: constructor\r\n', 'ok')), ends: '200' },
  {
    name: 'encoding: named, but not done',
    answer: says(sized('Content-Encoding: gzip\r\n', 'plain')),
    ends: '200 damaged',
  },
  {
    name: 'encoding: cut off',
    answer: says(() => sized('Content-Encoding: gzip\r\n', zlib.gzipSync('a'.repeat(9999)).subarray(0, 30))),
    ends: '200 damaged',
  },

  {
    name: 'endless: text',
    answer: pours('HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n', 'x'.repeat(65_536)),
    ends: '200 tooLarge',
  },
  {
    name: 'endless: text in one-byte chunks',
    answer: drips('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n', '1\r\na\r\n'),
    ends: '200 cancelled',
    cancelsAfter: 5,
  },
  {
    name: 'endless: events',
    answer: pours('HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n', event),
    ends: '200 cancelled',
    cancelsAfter: 48 * mb,
  },
  {
    name: 'endless: one event',
    answer: pours('HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: ', 'x'.repeat(65_536)),
    ends: '200 cancelled',
    cancelsAfter: 48 * mb,
  },
  {
    name: 'endless: packed events',
    answer: says(() =>
      sized(
        'Content-Type: text/event-stream\r\nContent-Encoding: gzip\r\n',
        zlib.gzipSync(Buffer.from('data: x\n\n'.repeat(4 * mb))),
      ),
    ),
    ends: '200 bomb',
  },
  {
    name: 'endless: parts of pictures',
    answer: pours(
      'HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=b\r\n\r\n',
      `--b\r\nContent-Type: image/png\r\n\r\n${'x'.repeat(65_000)}\r\n`,
    ),
    ends: '200 tooLarge',
  },
  {
    name: 'endless: one header',
    answer: pours('HTTP/1.1 200 OK\r\nX-A: ', 'a'.repeat(65_536)),
    ends: 'error unexpected',
  },
  {
    name: 'endless: headers',
    answer: pours('HTTP/1.1 200 OK\r\n', 'X-A: a\r\n'.repeat(1000)),
    ends: 'error unexpected',
  },
  {
    name: 'endless: words of the status',
    answer: pours('HTTP/1.1 200 ', 'a'.repeat(65_536)),
    ends: 'error timeout',
  },
  {
    name: 'endless: trailers',
    answer: pours(
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n',
      'X-A: a\r\n'.repeat(1000),
    ),
    ends: '200 lost',
  },
  {
    name: 'endless: extension of a chunk, of 64 MB here',
    answer: pours('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;a=', 'a'.repeat(65_536), 1000),
    ends: '200 lost',
  },
  {
    name: 'endless: 100 Continue',
    answer: drips('', 'HTTP/1.1 100 Continue\r\n\r\n'),
    ends: 'error offline',
  },
  {
    name: 'endless: 102 Processing',
    answer: drips('', 'HTTP/1.1 102 Processing\r\n\r\n'),
    ends: 'error timeout',
  },
  {
    name: 'endless: 103 Early Hints',
    answer: drips('', 'HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n'),
    ends: 'error timeout',
  },
  { name: 'endless: blank lines', answer: drips('', '\r\n'), ends: 'error timeout' },

  { name: 'chunks: no number', answer: says(chunked('zz\r\nok\r\n0\r\n\r\n')), ends: '200 lost' },
  { name: 'chunks: a negative number', answer: says(chunked('-2\r\nok\r\n0\r\n\r\n')), ends: '200 lost' },
  {
    name: 'chunks: a number beyond 64 bits',
    answer: says(chunked(`${'f'.repeat(40)}\r\nok`)),
    ends: '200 lost',
  },
  { name: 'chunks: shorter than said', answer: saysAndEnds(chunked('ff\r\nok')), ends: '200 lost' },
  { name: 'chunks: longer than said', answer: says(chunked('1\r\nok\r\n0\r\n\r\n')), ends: '200 lost' },
  {
    name: 'chunks: and a length',
    answer: says(chunked('2\r\nok\r\n0\r\n\r\n', 'Content-Length: 9\r\n')),
    ends: 'error unexpected',
  },
  {
    name: 'length: more than comes',
    answer: saysAndEnds(answer('Content-Length: 100\r\n', 'half')),
    ends: '200 lost',
  },
  {
    name: 'length: less than comes',
    answer: says(answer('Content-Length: 2\r\n', 'ok and more')),
    ends: '200',
  },
  {
    name: 'length: two',
    answer: says(answer('Content-Length: 2\r\nContent-Length: 5\r\n', 'ok')),
    ends: 'error unexpected',
  },
  {
    name: 'length: negative',
    answer: says(answer('Content-Length: -1\r\n', 'ok')),
    ends: 'error unexpected',
  },
  {
    name: 'length: 5,000 digits',
    answer: says(answer(`Content-Length: ${'9'.repeat(5000)}\r\n`, 'ok')),
    ends: 'error unexpected',
  },
  {
    name: 'length: a body where none may be',
    answer: says(answer('Content-Length: 5\r\n', 'extra', 'HTTP/1.1 204 No Content')),
    ends: '204',
  },
  { name: 'length: a body for HEAD', answer: says(sized('', 'extra')), method: 'HEAD', ends: '200' },

  {
    name: 'key: repeated in the body, byte by byte',
    answer: inBytes(({ key }) => sized('', `a ${key} b`)),
    ends: '200 masked',
  },
  {
    name: 'key: repeated in chunks of a byte',
    answer: says(({ key }) =>
      chunked(
        `${Array.from(key)
          .map((letter) => `1\r\n${letter}\r\n`)
          .join('')}0\r\n\r\n`,
      ),
    ),
    ends: '200 masked',
  },
  {
    name: 'key: repeated in events',
    answer: says(({ key }) => sized('Content-Type: text/event-stream\r\n', `data: ${key}\n\n`)),
    ends: '200 masked',
  },
  {
    name: 'key: repeated in a header',
    answer: says(({ key }) => sized(`X-Echo: Bearer ${key}\r\n`, 'ok')),
    ends: '200 masked',
  },
  {
    name: 'key: repeated as a header',
    answer: says(({ key }) => sized(`${key}: 1\r\n`, 'ok')),
    ends: '200 masked',
  },
  {
    name: 'key: repeated as the id of the call',
    answer: says(({ key }) => sized(`Modal-Function-Call-Id: ${key}\r\n`, 'ok')),
    ends: '200 masked',
  },
  {
    name: 'key: repeated in the words of the status',
    answer: says(({ key }) => sized('', 'ok', `HTTP/1.1 200 ${key}`)),
    ends: '200 masked',
  },
  {
    name: 'key: repeated in a type',
    answer: says(({ key }) => sized(`Content-Type: ${key}\r\n`, 'ok')),
    ends: '200 masked',
  },
  {
    name: 'key: repeated and packed',
    answer: says(({ key }) => sized('Content-Encoding: gzip\r\n', zlib.gzipSync(key))),
    ends: '200 masked',
  },
  {
    name: 'key: repeated in UTF-16',
    answer: says(({ key }) =>
      sized('Content-Type: text/plain; charset=utf-16le\r\n', Buffer.from(key, 'utf16le')),
    ),
    ends: '200 masked',
  },
  {
    name: 'key: repeated in UTF-16, the other way round',
    answer: says(({ key }) => sized('Content-Type: text/plain\r\n', swapped(`\ufeff${key}`))),
    ends: '200 masked',
  },
  {
    name: 'key: repeated where no HTTP is',
    answer: saysAndEnds('SSH-2.0-OpenSSH\r\n'),
    ends: 'error unexpected',
  },
  {
    name: 'key: repeated in a redirect elsewhere',
    answer: says(({ key, far }) =>
      answer(`Location: http://${far}/?${key}\r\nContent-Length: 0\r\n`, '', 'HTTP/1.1 307 Elsewhere'),
    ),
    ends: '307 masked',
  },

  {
    name: 'names: of prototypes',
    answer: says(
      sized('__proto__: evil\r\nconstructor: evil\r\nprototype: evil\r\ntoString: evil\r\n', 'ok'),
    ),
    ends: '200',
  },
  {
    name: 'names: of prototypes, in trailers',
    answer: says(chunked('2\r\nok\r\n0\r\n__proto__: evil\r\n\r\n')),
    ends: '200',
  },
  {
    name: 'names: the same thousand times',
    answer: says(sized('Set-Cookie: a=b\r\n'.repeat(800), 'ok')),
    ends: '200',
  },
  {
    name: 'names: folded over lines',
    answer: says(sized('X-A: a\r\n b\r\n', 'ok')),
    ends: 'error unexpected',
  },
  { name: 'names: with blanks', answer: says(sized('X A: a\r\n', 'ok')), ends: 'error unexpected' },
  {
    name: 'names: with NUL and other letters',
    answer: says(sized('X-A: \u0000\u00e9\r\n', 'ok')),
    ends: 'error unexpected',
  },
  {
    name: 'names: ended by half a line end',
    answer: says('HTTP/1.1 200 OK\nContent-Length: 2\n\nok'),
    ends: 'error unexpected',
  },

  { name: 'silent: from the beginning', answer: () => undefined, ends: 'error timeout' },
  { name: 'silent: within the headers', answer: says('HTTP/1.1 200 OK\r\nX-A'), ends: 'error timeout' },
  { name: 'gone: before the first byte', answer: ({ socket }) => socket.destroy(), ends: 'error offline' },
  { name: 'gone: by a reset', answer: ({ socket }) => socket.resetAndDestroy(), ends: 'error offline' },
  { name: 'gone: within the headers', answer: saysAndEnds('HTTP/1.1 200 OK\r\nX-A'), ends: 'error offline' },
  {
    name: 'gone: within the body, by a reset',
    answer: ({ socket }) =>
      socket.write(answer('Content-Length: 9\r\n', 'half'), () =>
        setTimeout(() => socket.resetAndDestroy(), 50),
      ),
    ends: '200 lost',
  },

  { name: 'version: 0.9', answer: saysAndEnds('<html>hello</html>'), ends: 'error unexpected' },
  {
    name: 'version: 2, without being asked',
    answer: says(Buffer.from('000006040000000000000400100000', 'hex')),
    ends: 'error unexpected',
  },
  { name: 'version: 9.9', answer: says(sized('', 'ok', 'HTTP/9.9 200 OK')), ends: 'error unexpected' },
  { name: 'version: of another kind', answer: says(sized('', 'ok', 'ICY 200 OK')), ends: 'error unexpected' },
  {
    name: 'status: 101, without being asked',
    answer: says(answer('Upgrade: websocket\r\nConnection: Upgrade\r\n', '', 'HTTP/1.1 101 Switching')),
    ends: 'error offline',
  },
  { name: 'status: 0', answer: says(sized('', 'ok', 'HTTP/1.1 000 OK')), ends: 'error unexpected' },
  { name: 'status: 999', answer: says(sized('', 'ok', 'HTTP/1.1 999 OK')), ends: '999' },
  { name: 'status: words', answer: says(sized('', 'ok', 'HTTP/1.1 OK 200')), ends: 'error unexpected' },
  {
    name: 'two answers to one request',
    answer: says(({ far }) =>
      Buffer.concat([
        sized('', 'ok'),
        sized('', 'second'),
        answer(`Location: http://${far}/\r\n`, '', 'HTTP/1.1 302 Elsewhere'),
      ]),
    ),
    ends: '200',
  },

  { name: 'TLS: text instead', isTls: true, answer: says('HTTP/1.1 200 OK\r\n\r\n'), ends: 'error offline' },
  { name: 'TLS: noise instead', isTls: true, answer: says(Buffer.alloc(4096, 0xa7)), ends: 'error offline' },
  {
    name: 'TLS: an alert',
    isTls: true,
    answer: says(Buffer.from('15030300020228', 'hex')),
    ends: 'error offline',
  },
  {
    name: 'TLS: a record without end',
    isTls: true,
    answer: pours('', Buffer.from(`160303ffff${'00'.repeat(65_000)}`, 'hex')),
    ends: 'error offline',
  },

  {
    name: 'text: in another charset than said',
    answer: says(sized('Content-Type: text/plain; charset=utf-16\r\n', 'plain')),
    ends: '200',
  },
  {
    name: 'text: in a charset that nobody knows',
    answer: says(sized('Content-Type: text/plain; charset=__proto__\r\n', 'plain')),
    ends: '200',
  },
  {
    name: 'text: bytes of no charset',
    answer: says(
      sized('Content-Type: application/json; charset=utf-8\r\n', Buffer.from([0x7b, 0xff, 0xfe, 0x00])),
    ),
    ends: '200',
  },
  {
    name: 'parts: that never end',
    answer: says(
      sized('Content-Type: multipart/mixed; boundary="b\r\n', `--b\r\n\r\n${'--b\r\n'.repeat(20_000)}`),
    ),
    ends: '200',
  },
  {
    name: 'type: 15 KB long',
    answer: says(sized(`Content-Type: ${'a/'.repeat(7000)};charset=${' '.repeat(1000)}\r\n`, 'ok')),
    ends: '200',
  },
];
