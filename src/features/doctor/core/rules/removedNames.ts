import type { Form } from './form.ts';

const image = 'Use modal.Image.debian_slim() or modal.Image.from_registry(…).';
const webFunction = (decorator: string) => `Use @app.function() with @modal.${decorator}() below it.`;

/** Names that went long ago, and what replaces each. */
const removed: readonly (readonly [target: string, advice: string, hit: string])[] = [
  ['modal.DebianSlim', image, 'image = modal.DebianSlim()'],
  ['modal.DockerhubImage', image, 'image = modal.DockerhubImage("python:3.12")'],
  ['modal.aio', 'Call the method with .aio, as in f.remote.aio().', 'import modal.aio'],
  ['modal.ref', 'Use from_name(…) of the type that is meant.', 'other = modal.ref("other")'],
  ['modal.lookup', 'Use from_name(…) of the type that is meant.', 'other = modal.lookup("other")'],
  ['modal.deploy_stub', 'Use app.deploy().', 'modal.deploy_stub(app)'],
  ['modal.run_stub', 'Use app.run().', 'modal.run_stub(app)'],
  [
    'modal.container_app',
    'Use the app itself; modal.is_local() tells where the code runs.',
    'app2 = modal.container_app',
  ],
  ['app.is_inside', 'Import what only the image has in `with image.imports():`.', 'inside = app.is_inside()'],
  ['app.webhook', webFunction('fastapi_endpoint'), '@app.webhook\ndef f():\n    pass'],
  ['app.asgi', webFunction('asgi_app'), '@app.asgi()\ndef f():\n    pass'],
  ['app.wsgi', webFunction('wsgi_app'), '@app.wsgi()\ndef f():\n    pass'],
  [
    'app.generator',
    'Use @app.function(); a function that yields is a generator.',
    '@app.generator()\ndef f():\n    pass',
  ],
];

export const removedNames: readonly Form[] = removed.map(([target, advice, hit]) => ({
  code: `removed-${target.split('.').at(-1)?.toLowerCase().replaceAll('_', '-') ?? ''}`,
  what: target,
  advice,
  targets: [target],
  history: { failsSince: 'always' },
  examples: {
    hit: `import modal\n\napp = modal.App("example")\n\n\n${hit}\n`,
    miss: `import modal\n\napp = modal.App("example")\n\n\nclass Other:\n    ${target.split('.').at(-1) ?? ''} = 1\n\n\nvalue = Other().${target.split('.').at(-1) ?? ''}\n`,
  },
}));
