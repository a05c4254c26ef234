export type EndpointState =
  'provisioning' | 'live' | 'failed' | 'cancelling' | 'cancelled' | 'stopped' | 'unknown';

/** An inference endpoint that Modal manages, as lists have it. All times are unix milliseconds. */
export interface ListedEndpoint {
  readonly id: string;
  readonly name: string;
  readonly environment: string;
  /** As Modal calls its state in lists, e.g. `Live`; '' where it says none. */
  readonly status: string;
  /** Runs on capacity that all share and is billed by tokens; undefined where Modal does not say. */
  readonly shared: boolean | undefined;
  readonly createdAt?: number | undefined;
  readonly createdBy: string;
  /** Changes whenever something about it does. */
  readonly stamp: string;
}

/** What is asked of each endpoint by itself. */
export interface EndpointInfo {
  readonly state: EndpointState;
  /** What requests must name; '' where it is not known. */
  readonly model: string;
  /** Where the weights come from, e.g. `Qwen/Qwen3-4B`; '' where it is not known. */
  readonly repository: string;
  /** '' while it has none. */
  readonly url: string;
  readonly requiresProxyAuth?: boolean | undefined;
  /** App and server behind a dedicated endpoint. */
  readonly appId?: string | undefined;
  readonly serverId?: string | undefined;
  /** GPU choices of that server, as those of a function. */
  readonly gpus?: readonly string[] | undefined;
}

export interface ManagedEndpoint extends ListedEndpoint {
  /** Absent until it has been read. */
  readonly info?: EndpointInfo;
}

const words: Readonly<Record<string, EndpointState>> = {
  provisioning: 'provisioning',
  live: 'live',
  failed: 'failed',
  cancelling: 'cancelling',
  cancelled: 'cancelled',
  stopped: 'stopped',
};

/** The state as it is known best: by itself, else by the word of the list. */
export function endpointState({ info, status }: Pick<ManagedEndpoint, 'info' | 'status'>): EndpointState {
  const listed = Object.hasOwn(words, status.toLowerCase()) ? words[status.toLowerCase()] : undefined;
  return info && info.state !== 'unknown' ? info.state : (listed ?? 'unknown');
}

/** Where an endpoint with OpenAI's API takes a chat, whether its address names the version or not. */
export function chatAddress(url: string): string {
  const base = url.replace(/\/$/, '');
  return base.endsWith('/v1') ? `${base}/chat/completions` : `${base}/v1/chat/completions`;
}
