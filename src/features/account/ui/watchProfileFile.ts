import type { Disposable } from '../../../shared/emitter.ts';
import type { ControlPlanes } from '../../../modal/planes.ts';
import type { AppStore } from '../../../store/appStore.ts';
import type { TreeView } from '../../../editor/shown/surfaces.ts';

/** Reads the apps again as soon as the profile file changes, e.g. after a sign-in elsewhere, while somebody looks. */
export function watchProfileFile(
  view: Pick<TreeView<string>, 'visible' | 'onDidChangeVisibility'>,
  planes: ControlPlanes,
  store: AppStore,
): Disposable {
  let watch: Disposable | undefined;
  const follow = (visible: boolean) => {
    watch?.dispose();
    watch = visible ? planes.watchFile(() => void store.refresh()) : undefined;
  };
  follow(view.visible);
  const subscription = view.onDidChangeVisibility(({ visible }) => follow(visible));
  return {
    dispose: () => {
      subscription.dispose();
      watch?.dispose();
    },
  };
}
