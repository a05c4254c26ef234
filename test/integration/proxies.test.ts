/** Behind a real proxy that alone knows the names: the SDK, the CLI and requests, all as the settings and variables say. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { connect, createServer as createPlainServer } from 'node:net';
import path from 'node:path';
import tls from 'node:tls';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { silentLogger } from '../../src/shared/logger.ts';
import type { NetworkSettings } from '../../src/domain/network.ts';
import { networkVariables, plainNetwork } from '../../src/domain/network.ts';
import { cliEnvironment, runCli } from '../../src/modal/cli.ts';
import { cliObstacles } from '../../src/features/deploy/core/cliTrace.ts';
import { DeployRun } from '../../src/features/deploy/core/deployRun.ts';
import { explainFailure } from '../../src/features/deploy/core/failure.ts';
import { planDeploy } from '../../src/features/deploy/core/planDeploy.ts';
import { findCli } from '../../src/modal/interpreter.ts';
import { ControlPlanes } from '../../src/modal/planes.ts';
import { connectTo } from '../../src/features/health/core/connect.ts';
import { send } from '../../src/features/requests/core/httpClient.ts';
import { LoadConnection } from '../../src/features/loadTest/core/connection.ts';
import type { Company } from '../host/company.ts';
import { makeCompany } from '../host/company.ts';
import { ensureProxySupport } from '../host/proxySupport.ts';
import type { Simulator } from '../host/simulator.ts';
import { startSimulator } from '../host/simulator.ts';
import type { Socks } from '../host/socks.ts';
import { ownAddress, startSocks } from '../host/socks.ts';
import type { Squid } from '../host/squid.ts';
import { startSquid } from '../host/squid.ts';

const modalName = 'modal.company.test';
const webName = 'web.company.test';
const user = { name: 'jo', password: 'p@ss:w%rd' };
const login = `${user.name}:${encodeURIComponent(user.password)}`;
const never = new AbortController().signal;

let simulator: Simulator;
let open: Squid;
let guarded: Squid;
let company: Company;
let support: string;
let modalPort: number;
const servers: Server[] = [];
let ports: { readonly plain: number; readonly secure: number; readonly secureModal: number };

beforeAll(async () => {
  const names = [modalName, webName];
  [simulator, open, guarded, company] = await Promise.all([
    startSimulator({ MODAL_SIMULATOR_NAMES: `${modalName} ${ownAddress()}` }),
    startSquid({ names, refused: ['refused.company.test'] }),
    startSquid({ names, user }),
    makeCompany(names),
  ]);
  support = await ensureProxySupport(simulator.python);
  modalPort = Number(new URL(simulator.serverUrl).port);
  const pair = { key: company.key, cert: company.certificate };
  const listen = async (server: Server) => {
    servers.push(server.listen(0, '127.0.0.1'));
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  };
  ports = {
    plain: await listen(createServer((_request, response) => response.end('plain answer'))),
    secure: await listen(createSecureServer(pair, (_request, response) => response.end('secret answer'))),
    // What stands between a company and Modal: it speaks TLS with a certificate of its own.
    secureModal: await listen(
      tls.createServer({ ...pair, ALPNProtocols: ['h2'] }, (socket) => {
        const inner = connect(modalPort, '127.0.0.1');
        inner.on('error', () => socket.destroy());
        socket.on('error', () => inner.destroy());
        socket.pipe(inner).pipe(socket);
      }),
    ),
  };
});

afterAll(async () => {
  for (const server of servers) server.close();
  await Promise.all([simulator.stop(), open[Symbol.asyncDispose](), guarded[Symbol.asyncDispose]()]);
  await company[Symbol.asyncDispose]();
});

interface World {
  readonly variables?: Readonly<Record<string, string>>;
  readonly settings?: Partial<NetworkSettings>;
  readonly server?: string;
}

function planesOf({ variables = {}, settings = {}, server = `http://${modalName}:${modalPort}` }: World) {
  const env = {
    HOME: process.env['HOME'],
    PATH: `${simulator.binDir}:${process.env['PATH'] ?? ''}`,
    MODAL_CONFIG_PATH: simulator.configPath,
    MODAL_SERVER_URL: server,
    PYTHONPATH: support,
    ...variables,
  };
  const network = { ...plainNetwork, variables: networkVariables(env), ...settings };
  const logged: string[] = [];
  const keep = (message: string) => void logged.push(message);
  const logger = { trace: keep, debug: keep, info: keep, warn: keep, error: keep };
  const planes = new ControlPlanes({ env, logger, network: () => network });
  return { planes, network, env, logged };
}

async function sdkAnswers(world: World): Promise<string> {
  const { planes } = planesOf(world);
  try {
    return (await (await planes.get()).whoAmI()).workspace;
  } finally {
    planes.dispose();
  }
}

async function cliAnswers(world: World): Promise<string> {
  const { planes, env } = planesOf(world);
  const cli = await findCli({ configured: '', workspaceFolders: [], env });
  const { exitCode, stdout, stderr } = await runCli(cli, ['environment', 'list', '--json'], {
    cwd: '/',
    env: cliEnvironment(await planes.environment(), await planes.connection()),
    onLine: () => undefined,
    timeoutMs: 90_000,
    logger: silentLogger,
  });
  planes.dispose();
  return exitCode === 0 ? stdout : explainFailure(stderr, exitCode).nextStep || stderr;
}

const request = (url: string, network: NetworkSettings) =>
  send({ method: 'GET', url, headers: {}, signal: never, headersTimeoutMs: 10_000, network });

/** Every spelling that people have; `proxy` is host and port, with name and password where it asks for them. */
const spellings: readonly (readonly [string, (proxy: string) => World])[] = [
  [
    'http_proxy',
    (proxy) => ({ variables: { http_proxy: `http://${proxy}`, https_proxy: `http://${proxy}` } }),
  ],
  [
    'HTTPS_PROXY',
    (proxy) => ({ variables: { HTTP_PROXY: `http://${proxy}`, HTTPS_PROXY: `http://${proxy}` } }),
  ],
  ['no scheme, as on Windows', (proxy) => ({ variables: { HTTP_PROXY: proxy, HTTPS_PROXY: proxy } })],
  [
    'a slash at the end',
    (proxy) => ({ variables: { http_proxy: `http://${proxy}/`, https_proxy: `http://${proxy}/` } }),
  ],
  ['ALL_PROXY', (proxy) => ({ variables: { ALL_PROXY: `http://${proxy}` } })],
  ['all_proxy without scheme', (proxy) => ({ variables: { all_proxy: proxy } })],
  ['http.proxy of the editor', (proxy) => ({ settings: { proxy: `http://${proxy}` } })],
  [
    'http.proxy before a variable that is wrong',
    (proxy) => ({ variables: { http_proxy: 'http://127.0.0.1:1' }, settings: { proxy: `http://${proxy}` } }),
  ],
];

describe.each([
  ['that asks for nothing', () => open, () => open.host],
  ['that asks for name and password', () => guarded, () => `${login}@${guarded.host}`],
] as const)('a proxy %s', (_kind, squid, address) => {
  it('is needed: without it nothing is reached', async () => {
    await expect(sdkAnswers({})).rejects.toMatchObject({
      kind: 'offline',
      message: `Modal cannot be reached at ${modalName}:${modalPort} (ENOTFOUND). Check the network and try again.`,
    });
  });

  it.each(spellings)('carries the SDK, the probe before it and requests: %s', async (_name, worldOf) => {
    const world = worldOf(address());
    const before = (await squid().seen()).length;
    expect(await sdkAnswers(world)).toBe('local');
    const { network } = planesOf(world);
    expect((await request(`http://${webName}:${ports.plain}/`, network)).body).toBe('plain answer');
    const secure = { ...network, variables: { ...network.variables, SSL_CERT_FILE: company.authority } };
    expect((await request(`https://${webName}:${ports.secure}/`, secure)).body).toBe('secret answer');
    // It writes a line when a connection has ended.
    await vi.waitFor(async () =>
      expect((await squid().seen()).slice(before).sort()).toEqual([
        `CONNECT ${modalName}:${modalPort} 200`,
        `CONNECT ${modalName}:${modalPort} 200`,
        `CONNECT ${webName}:${ports.secure} 200`,
        `GET http://${webName}:${ports.plain}/ 200`,
      ]),
    );
  });

  it('carries the real CLI, also for what it would not understand itself', async () => {
    for (const [name, worldOf] of spellings) {
      if (!/no scheme|all_proxy|http\.proxy of/.test(name)) continue;
      const before = (await squid().seen()).length;
      expect(await cliAnswers(worldOf(address())), name).toContain('"main"');
      const seen = (await squid().seen()).slice(before);
      expect(seen, name).toContain(`CONNECT ${modalName}:${modalPort} 200`);
    }
  });

  it('carries the load test and the steps of the health check', async () => {
    const { network } = planesOf({ variables: { http_proxy: address(), https_proxy: address() } });
    const secure = { ...network, variables: { ...network.variables, REQUESTS_CA_BUNDLE: company.authority } };
    const library = await import('../../src/features/requests/core/httpClient.ts');
    for (const url of [`http://${webName}:${ports.plain}/`, `https://${webName}:${ports.secure}/`]) {
      const connection = new LoadConnection(
        library,
        { method: 'GET', url, headers: {} },
        { headersTimeoutMs: 5000, network: secure },
      );
      expect(await connection.send()).toMatchObject({ status: 200 });
      expect(await connection.send()).toMatchObject({ status: 200 });
      await connection.close();
      expect(await connectTo(url, never, secure)).toMatchObject({ proxy: squid().host });
    }
  });
});

describe('what is wrong is said, with where it is set', () => {
  const down = 'http://127.0.0.1:1';
  const cases: readonly (readonly [string, () => World, RegExp])[] = [
    [
      'no password',
      () => ({ variables: { HTTP_PROXY: guarded.host } }),
      /^The proxy 127\.0\.0\.1:\d+ asks for a name and password\. Put them into its address in the variable HTTP_PROXY, as in http:\/\/name:password@host:port\.$/,
    ],
    [
      'a wrong password',
      () => ({ settings: { proxy: `http://jo:nonsense@${guarded.host}` } }),
      /^The proxy 127\.0\.0\.1:\d+ refused the name and password that are set in the setting http\.proxy\. Correct them there\.$/,
    ],
    [
      'a proxy that is down',
      () => ({ variables: { all_proxy: down } }),
      /^Nothing listens at the proxy 127\.0\.0\.1:1\. Check that it runs, and what the variable all_proxy says\.$/,
    ],
    [
      'a name that nobody knows',
      () => ({ variables: { http_proxy: 'http://nowhere.company.test:3128' } }),
      /^The name of the proxy nowhere\.company\.test:3128 cannot be resolved\. Correct it in the variable http_proxy, or check the network\.$/,
    ],
    [
      'a server that the proxy does not know',
      () => ({ variables: { http_proxy: open.host }, server: 'http://other.company.test:9' }),
      /^The proxy \S+ cannot reach other\.company\.test:9 \(status 50\d\)\. If this machine can, name the host in NO_PROXY\.$/,
    ],
    [
      'a server that it refuses',
      () => ({ settings: { proxy: open.host, noProxy: ['x'] }, server: 'http://refused.company.test:9' }),
      /refused a connection to refused\.company\.test:9 with status 403\. Ask who runs it to allow that host, or name the host in http\.noProxy\.$/,
    ],
    [
      'no address at all',
      () => ({ variables: { HTTP_PROXY: 'http://:3128' } }),
      /^The variable HTTP_PROXY is not the address of a proxy\. Write it as http:\/\/host:port/,
    ],
    [
      'a kind of proxy that is none',
      () => ({ settings: { proxy: 'ftp://jo:secret@proxy.company.test' } }),
      /^The setting http\.proxy names a proxy of the kind ftp:\/\/, which is not supported\. Write it/,
    ],
    [
      'a server of pages in its place',
      () => ({ variables: { http_proxy: `127.0.0.1:${ports.plain}` } }),
      /The proxy 127\.0\.0\.1:\d+ closed the connection before it had connected|is no proxy/,
    ],
  ];

  it.each(cases)('%s', async (_name, worldOf, words) => {
    const world = worldOf();
    const { planes, network, logged } = planesOf(world);
    const failure = (await planes.get().catch((error: unknown) => error)) as Error;
    expect(failure.message).toMatch(words);
    const url = (world.server ?? `http://${webName}:${ports.plain}/`).replace(/^http:/, 'https:');
    await expect(request(url, network)).rejects.toThrow(words);
    expect(logged.join() + failure.message).not.toMatch(/nonsense|secret/);
    planes.dispose();
  });
});

describe('a certificate of the company', () => {
  const server = () => `https://${modalName}:${ports.secureModal}`;

  it('is said to be the reason, for the SDK and for requests', async () => {
    const world = { variables: { https_proxy: open.host }, server: server() };
    const words =
      /was issued by nobody that is trusted here\. A proxy or firewall of your network may .*NODE_EXTRA_CA_CERTS/;
    await expect(sdkAnswers(world)).rejects.toMatchObject({
      kind: 'offline',
      message: expect.stringMatching(words) as string,
    });
    const { network } = planesOf(world);
    await expect(request(`https://${webName}:${ports.secure}/`, network)).rejects.toThrow(words);
  });

  it.each([
    ['NODE_EXTRA_CA_CERTS', () => ({ NODE_EXTRA_CA_CERTS: company.authority })],
    ['SSL_CERT_FILE', () => ({ SSL_CERT_FILE: company.authority })],
    ['REQUESTS_CA_BUNDLE', () => ({ REQUESTS_CA_BUNDLE: company.authority })],
  ])('is trusted by %s, and the SDK goes through', async (_name, variables) => {
    const world = { variables: { https_proxy: open.host, ...variables() }, server: server() };
    expect(await sdkAnswers(world)).toBe('local');
  });

  it('is not looked at where the user turned that off', async () => {
    const world = { variables: { https_proxy: open.host }, settings: { strictSsl: false }, server: server() };
    expect(await sdkAnswers(world)).toBe('local');
  });
});

describe('what only the CLI lacks is said at once, not after its minute of tries', () => {
  async function deploy(world: World, pythonPath: string): Promise<unknown> {
    const { planes, env } = planesOf({ ...world, variables: { ...world.variables, PYTHONPATH: pythonPath } });
    const plane = await planes.get();
    const connection = await planes.connection();
    const script = path.resolve(import.meta.dirname, 'fixtures/plain_function.py');
    const plan = await planDeploy({ kind: 'script', script }, { plane, connection, environment: '' });
    const cli = await findCli({ configured: '', workspaceFolders: [], env });
    const keepKey = () => Promise.resolve();
    const shown: string[] = [];
    const run = new DeployRun(plan);
    run.onLine(({ line }) => shown.push(line));
    const failure = await run
      .deploy({ cli, connection, plane, env: await planes.environment(), logger: silentLogger, keepKey })
      .catch((error: unknown) => error);
    expect(shown.join()).not.toContain(encodeURIComponent(user.password));
    planes.dispose();
    return failure;
  }

  it('the packages for a proxy', async () => {
    const world = { variables: { HTTP_PROXY: `http://${login}@${guarded.host}` } };
    expect(await deploy(world, '')).toMatchObject({ kind: 'cliFailed', message: cliObstacles.packages });
  });

  it('trust in the certificate of the company, whatever variables say', async () => {
    const variables = {
      HTTPS_PROXY: open.host,
      SSL_CERT_FILE: company.authority,
      REQUESTS_CA_BUNDLE: company.authority,
    };
    const world = { variables, server: `https://${modalName}:${ports.secureModal}` };
    expect(await deploy(world, support)).toMatchObject({
      kind: 'cliFailed',
      message: cliObstacles.certificate,
    });
  });
});

describe('a SOCKS proxy', () => {
  const login5 = { name: 'jo', password: 'p@ss' };
  // Through a name of its own: this machine's loopback is reached without a proxy.
  const address = ownAddress();
  let forward: Server;
  let socks: Socks;
  beforeAll(async () => {
    socks = await startSocks(login5);
    forward = createPlainServer((socket) => {
      const inner = connect(modalPort, '127.0.0.1');
      inner.on('error', () => socket.destroy());
      socket.on('error', () => inner.destroy());
      socket.pipe(inner).pipe(socket);
    }).listen(0, address);
    await once(forward, 'listening');
  });
  afterAll(async () => {
    forward.close();
    await socks[Symbol.asyncDispose]();
  });
  const server = () => `http://${address}:${(forward.address() as AddressInfo).port}`;

  it.each(['socks5', 'socks5h'])('%s:// carries SDK, CLI and requests', async (scheme) => {
    const world = {
      variables: { ALL_PROXY: `${scheme}://jo:p%40ss@${socks.host}` },
      server: server(),
    };
    const before = socks.seen.length;
    expect(await sdkAnswers(world)).toBe('local');
    expect(await cliAnswers(world)).toContain('"main"');
    const { network } = planesOf(world);
    const web = createServer((_request, response) => response.end('over SOCKS')).listen(0, address);
    await once(web, 'listening');
    const { port } = web.address() as AddressInfo;
    expect((await request(`http://${address}:${port}/`, network)).body).toBe('over SOCKS');
    web.close();
    const seen = socks.seen.slice(before).join('\n');
    expect(seen).toContain(`${address}:${new URL(server()).port}`);
    expect(seen).toContain(`${address}:${port}`);
  });

  it('that asks for a password, or is none, is said to be the reason', async () => {
    const by = (proxy: string) => sdkAnswers({ variables: { ALL_PROXY: proxy }, server: server() });
    for (const proxy of [
      `socks5://${socks.host}`,
      `socks5://jo:wrong@${socks.host}`,
      `socks5://${open.host}`,
    ])
      await expect(by(proxy)).rejects.toMatchObject({
        kind: 'offline',
        message: expect.stringMatching(
          /^The proxy \S+ did not connect to \S+ (?:in time|\(.+\))\. Check that it runs, and what the variable ALL_PROXY says\.$/,
        ) as string,
      });
    await expect(by('socks5://127.0.0.1:1')).rejects.toThrow(
      /^Nothing listens at the proxy 127\.0\.0\.1:1\./,
    );
  });
});
