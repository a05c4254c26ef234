import type { CatalogApp } from '../../../src/domain/catalog.ts';

/** A small bundled app for tests. */
export function catalogApp(changes: Partial<CatalogApp> = {}): CatalogApp {
  return {
    id: 'demo',
    title: 'Demo',
    summary: 'A demo app.',
    description: '',
    entry: 'app.py',
    defaultAppName: 'demo-app',
    icon: 'rocket',
    tags: [],
    gpu: { setting: 'APP_GPU', default: 'A10', choices: [{ type: 'A10' }, { type: 'L40S', note: 'faster' }] },
    secrets: [
      { name: 'demo-key', keys: ['APP_API_KEY'], generate: 'api-key', required: true, purpose: 'Opens it.' },
    ],
    settings: [],
    endpoints: [
      {
        function: 'web',
        title: 'API',
        auth: { header: 'Authorization', scheme: 'Bearer', secretName: 'demo-key', key: 'APP_API_KEY' },
        routes: [{ method: 'POST', path: '/go', title: 'Go' }],
      },
    ],
    samples: [
      {
        id: 'first',
        title: 'First sample',
        function: 'web',
        method: 'POST',
        path: '/go',
        body: { kind: 'json', template: { text: 'hi' } },
        expect: {
          status: 200,
          description: 'A greeting.',
          highlights: [{ label: 'Answer', path: 'answer' }],
        },
      },
    ],
    folder: '/apps/demo',
    ...changes,
  };
}
