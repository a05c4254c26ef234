/**
 * The program that `startHost` runs: VS Code's server behind a door of our own, which it does not have itself.
 * Its arguments are those of `server-main.js`, after the path of that file.
 */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { editorPath, refusal } from './access.ts';

interface EditorServer {
  handleRequest(request: IncomingMessage, response: ServerResponse): void;
  handleUpgrade(request: IncomingMessage, socket: Socket): void;
  dispose(): void;
}

interface ServerMain {
  loadCodeWithNls(): Promise<{ createServer(address: null): Promise<EditorServer> }>;
}

/** For browsers that do not say where a request comes from. */
const ownPagesOnly = new Map([
  ['X-Frame-Options', 'SAMEORIGIN'],
  ['Cross-Origin-Resource-Policy', 'same-origin'],
]);

const { positionals, values } = parseArgs({
  strict: false,
  allowPositionals: true,
  options: { port: { type: 'string' }, 'connection-token-file': { type: 'string' } },
});
const token = readFileSync(String(values['connection-token-file']), 'utf8');
const base = editorPath(token);
const editor = await loadEditor(String(positionals[0]));
const server = createServer();
server.listen(Number(values.port ?? 0), '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  const access = { port, token };
  server.on('request', (request, response) => {
    const reason = refusal(request, access);
    if (reason) {
      response.writeHead(403, { 'Content-Type': 'text/plain' }).end(`${reason}\n`);
      return;
    }
    response.setHeaders(ownPagesOnly);
    editor.handleRequest(withoutBase(request), response);
  });
  server.on('upgrade', (request, socket: Socket) => {
    if (refusal(request, access)) refuseUpgrade(socket);
    else editor.handleUpgrade(withoutBase(request), socket);
  });
  console.log(`Editor listens on port ${port}`);
});
process.on('exit', () => editor.dispose());

async function loadEditor(serverMain: string): Promise<EditorServer> {
  // With it the module only offers its parts; without it, it listens by itself.
  process.env['CODE_SERVER_PARENT_PID'] = String(process.ppid);
  const module = (await import(pathToFileURL(serverMain).href)) as ServerMain;
  delete process.env['CODE_SERVER_PARENT_PID'];
  return (await module.loadCodeWithNls()).createServer(null);
}

function refuseUpgrade(socket: Socket): void {
  // A caller that hangs up is no error of the editor, and nobody else listens now.
  socket.on('error', () => socket.destroy());
  socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n');
}

/** The editor's pages name each other by relative addresses, so it need not know where it lies. */
function withoutBase(request: IncomingMessage): IncomingMessage {
  request.url = `/${(request.url ?? '').slice(base.length)}`;
  return request;
}
