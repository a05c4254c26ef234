import { expect, it, vi } from 'vitest';
import { requestAuth } from '../../../src/features/requests/core/auth.ts';
import { defaultPlan } from '../../../src/features/loadTest/core/limits.ts';
import type { Services } from '../../../src/commands/services.ts';
import type { LoadPanelActions } from '../../../src/features/loadTest/ui/loadPanel.ts';
import { LoadPanel } from '../../../src/features/loadTest/ui/loadPanel.ts';
import { appOf, endpointOf } from '../support/apps.ts';
import * as editor from '../support/editor.ts';
import { extensionFolder } from '../support/extensionFolder.ts';

vi.mock('vscode', () => import('../support/editor.ts'));

it.each([
  ['bearer', 'API Key for demo'],
  ['proxy', 'Proxy Token for demo'],
] as const)('asks for the kind of key that the request has: %s', async (kind, title) => {
  editor.said.length = 0;
  const app = appOf();
  const endpoint = endpointOf({ requiresProxyAuth: kind === 'proxy' });
  const auth = requestAuth({ kind, header: '' }, { app, endpoint })!;
  const request = { title: '', spec: { method: 'GET', url: 'https://h/', headers: {}, auth } };
  const view = new editor.View('load');
  const panel = new LoadPanel(
    view as never,
    { extensionUri: editor.Uri.parse(`file://${extensionFolder()}`) } as unknown as Services,
    {} as LoadPanelActions,
    { target: { app, endpoint, bundled: undefined, request }, plan: defaultPlan },
  );
  view.received.fire({ type: 'act', action: 'enterKey' });
  await vi.waitFor(() => expect(editor.said).toEqual([title]));
  panel.dispose();
});
