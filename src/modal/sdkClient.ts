import { ChannelCredentials } from 'nice-grpc';
import { ModalClient } from 'modal';
import type { Logger } from '../shared/logger.ts';
import type { NetworkSettings } from '../domain/network.ts';
import type { Connection } from './connection.ts';
import { trustedContext } from './network/certificates.ts';

export interface SdkNetwork {
  readonly network: NetworkSettings;
  /** Address of a proxy as the SDK takes it; absent = a direct connection, whatever the variables say. */
  readonly proxy?: string;
}

/** The SDK reads its server and its proxy from the environment of the process, and from nowhere else. */
export function newClient(connection: Connection, logger: Logger, way: SdkNetwork): ModalClient {
  const variables: Readonly<Record<string, string>> = {
    MODAL_SERVER_URL: connection.serverUrl,
    // These count before all other variables. The list names all hosts, or one that is none.
    grpc_proxy: way.proxy ?? '',
    no_grpc_proxy: way.proxy
      ? 'none.invalid'
      : new URL(connection.serverUrl).hostname.replace(/^\[|\]$/g, ''),
  };
  return withVariables(variables, () =>
    withTrust(
      way.network,
      () =>
        new ModalClient({
          tokenId: connection.tokenId,
          tokenSecret: connection.tokenSecret,
          ...(connection.environment ? { environment: connection.environment } : {}),
          logger: {
            debug: (message) => logger.trace(`sdk: ${message}`),
            info: (message) => logger.debug(`sdk: ${message}`),
            warn: (message) => logger.warn(`sdk: ${message}`),
            error: (message) => logger.error(`sdk: ${message}`),
          },
        }),
    ),
  );
}

function withVariables<T>(variables: Readonly<Record<string, string>>, work: () => T): T {
  const before = Object.keys(variables).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, variables);
  try {
    return work();
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    }
  }
}

/**
 * The SDK makes its channel without a word about certificates, so what it takes then is put in place meanwhile. gRPC
 * shares a connection among all channels with equal credentials; these are equal to none, so that each client has its own.
 */
function withTrust<T>(network: NetworkSettings, work: () => T): T {
  const names = ['createSsl', 'createInsecure'] as const;
  const before = names.map(
    (name) => [name, Object.getOwnPropertyDescriptor(ChannelCredentials, name)] as const,
  );
  const plain = ChannelCredentials.createInsecure();
  ChannelCredentials.createInsecure = () => equalToNone(plain);
  ChannelCredentials.createSsl = () =>
    equalToNone(
      ChannelCredentials.createFromSecureContext(trustedContext(network), {
        rejectUnauthorized: network.strictSsl,
      }),
    );
  try {
    return work();
  } finally {
    for (const [name, descriptor] of before)
      if (descriptor) Object.defineProperty(ChannelCredentials, name, descriptor);
  }
}

function equalToNone(credentials: ChannelCredentials): ChannelCredentials {
  return Object.assign(credentials, { _equals: (other: unknown) => other === credentials });
}
