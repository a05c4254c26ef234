import type { ModalClient } from 'modal';

/** The SDK's typed gRPC client; the SDK exports neither it nor its messages, so everything is derived from here. */
export type Rpc = ModalClient['cpClient'];
