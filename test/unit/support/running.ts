import type { EndpointInfo, ManagedEndpoint } from '../../../src/domain/managedEndpoint.ts';
import type { Sandbox } from '../../../src/domain/sandbox.ts';

/** A running sandbox with a GPU that costs $1.17 an hour by the dated rates: 1.10 + 0.4 × 0.1419 + 0.5 × 0.024. */
export function sandboxOf(changes: Partial<Sandbox> = {}): Sandbox {
  const isSmall = changes.gpu === '';
  return {
    ...{ id: 'sb-1', appId: 'ap-1', environment: 'main', name: '', containerId: 'ta-9', state: 'running' },
    ...{ gpu: 'A10', cores: isSmall ? 0.125 : 0.4, memoryGib: isSmall ? 0.125 : 0.5, tags: [], tunnels: [] },
    ...changes,
  };
}

export function managedOf(changes: Partial<ManagedEndpoint> = {}): ManagedEndpoint {
  return {
    ...{
      id: 'ep-1',
      name: 'chat',
      environment: 'main',
      status: 'Live',
      shared: false,
      createdBy: 'ann',
      stamp: '1',
    },
    ...changes,
  };
}

export function endpointInfoOf(changes: Partial<EndpointInfo> = {}): EndpointInfo {
  return {
    ...{
      state: 'live',
      model: 'Qwen/Qwen3-4B',
      repository: 'Qwen/Qwen3-4B',
      url: 'https://me--chat.modal.run',
    },
    ...{ requiresProxyAuth: true, appId: 'ap-8', serverId: 'fu-8', gpus: ['L40S'] },
    ...changes,
  };
}
