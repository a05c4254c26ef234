import type { App } from '../../../domain/app.ts';
import { ModalError } from '../../../domain/errors.ts';
import type { AppEndpoint, Target } from '../../../domain/target.ts';
import { appOf } from '../../../domain/target.ts';
import type { Text } from '../../../shared/text.ts';
import type { AppStore } from '../../../store/appStore.ts';
import { endpointOfManaged } from '../../../store/findEndpoint.ts';
import { pickAddress, pickApp, pickEndpoint } from './pickApp.ts';

/** The app that a command is about, or the user's choice. @returns undefined when the user left */
export async function resolveApp(
  { store }: { readonly store: AppStore },
  target: Target | undefined,
  title: Text,
): Promise<App | undefined> {
  return appOf(target) ?? pickApp(store, title);
}

/**
 * The endpoint that a command is about, or the user's choice.
 * @returns undefined when the user left
 * @throws kind `notFound` for a managed endpoint without an address
 */
export async function resolveEndpoint(
  { store }: { readonly store: AppStore },
  target: Target | undefined,
  title: Text,
): Promise<AppEndpoint | undefined> {
  switch (target?.kind) {
    case 'endpoint':
      return { app: target.app, endpoint: target.endpoint };
    case 'server':
      return pickAddress(title, target.app, target.fn);
    case 'managed': {
      const found = endpointOfManaged(target.managed, store.state.snapshot.apps);
      if (found) return found;
      const words = `${target.managed.name} has no address yet. Try again when it is live.`;
      throw new ModalError('notFound', words);
    }
    default:
      return pickEndpoint(store, title, target?.kind === 'app' ? target.app : undefined);
  }
}
