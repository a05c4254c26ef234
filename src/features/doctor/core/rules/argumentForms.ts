import { inFunction, inImage, rename, units, withArgument } from './formParts.ts';
import type { Form } from './form.ts';

/** Arguments that have another name, or went away. */
export const argumentForms: readonly Form[] = [
  {
    code: 'container-idle-timeout',
    what: 'container_idle_timeout',
    advice: 'It is called scaledown_window now.',
    targets: withArgument('container_idle_timeout', [...units, 'cls.with_options']),
    rewrite: rename('scaledown_window'),
    history: { replacedIn: '0.73.76', warnsSince: '0.73.76', failsSince: '1.4.0' },
    examples: {
      hit: inFunction('container_idle_timeout', '60'),
      miss: `${inFunction('scaledown_window', '60')}\n\ndef g(container_idle_timeout=60):\n    pass\n\n\ng(container_idle_timeout=1)\n`,
    },
  },
  {
    code: 'keep-warm',
    what: 'keep_warm',
    advice: 'It is called min_containers now.',
    targets: withArgument('keep_warm', [...units, 'cls.with_options']),
    rewrite: rename('min_containers'),
    history: { replacedIn: '0.73.76', warnsSince: '0.73.76', failsSince: '1.4.0' },
    examples: {
      hit: inFunction('keep_warm', '1'),
      miss: `${inFunction('min_containers', '1')}\n\ndef keep_warm():\n    pass\n`,
    },
  },
  {
    code: 'concurrency-limit',
    what: 'concurrency_limit',
    advice: 'It is called max_containers now.',
    targets: withArgument('concurrency_limit', [...units, 'cls.with_options']),
    rewrite: rename('max_containers'),
    history: { replacedIn: '0.73.76', warnsSince: '0.73.76', failsSince: '1.4.0' },
    examples: { hit: inFunction('concurrency_limit', '2'), miss: inFunction('max_containers', '2') },
  },
  {
    code: 'allow-concurrent-inputs',
    what: 'allow_concurrent_inputs',
    advice: 'Put @modal.concurrent(max_inputs=…) below the decorator of the app.',
    targets: withArgument('allow_concurrent_inputs'),
    rewrite: { kind: 'custom', by: 'concurrent' },
    history: { replacedIn: '0.73.148', warnsSince: '0.73.148', failsSince: '1.4.0' },
    examples: {
      hit: inFunction('allow_concurrent_inputs', '10'),
      miss: `import modal

app = modal.App("example")


@app.function()
@modal.concurrent(max_inputs=10)
def f():
    pass
`,
    },
  },
  {
    code: 'buffer-containers',
    what: '_experimental_buffer_containers',
    advice: 'It is called buffer_containers now.',
    targets: withArgument('_experimental_buffer_containers'),
    rewrite: rename('buffer_containers'),
    history: { replacedIn: '0.73.76', warnsSince: '0.73.76', failsSince: '1.4.0' },
    examples: {
      hit: inFunction('_experimental_buffer_containers', '2'),
      miss: inFunction('buffer_containers', '2'),
    },
  },
  {
    code: 'secret-argument',
    what: 'secret=',
    advice: 'It takes a list: secrets=[…].',
    targets: withArgument('secret', [
      ...units,
      'image.run_function',
      'image.run_commands',
      'modal.Sandbox.create',
    ]),
    rewrite: { kind: 'list', to: 'secrets' },
    history: { failsSince: 'always' },
    examples: {
      hit: inFunction('secret', 'modal.Secret.from_name("key")'),
      miss: inFunction('secrets', '[modal.Secret.from_name("key")]'),
    },
  },
  {
    code: 'mounts-argument',
    what: 'mounts=',
    advice:
      'Add the files to the image: image.add_local_dir(…), add_local_file(…) or add_local_python_source(…).',
    targets: withArgument('mounts', [...units, 'modal.App', 'image.run_function', 'modal.Sandbox.create']),
    rewrite: { kind: 'custom', by: 'mount' },
    history: { replacedIn: '0.72.4', warnsSince: '0.72.4', failsSince: '1.0.0' },
    examples: {
      hit: inFunction('mounts', '[None]'),
      miss: `${inImage('.add_local_dir(".", "/root/files")')}\n\ndef plan(mounts=()):\n    return mounts\n\n\nplan(mounts=[])\n`,
    },
  },
  {
    code: 'shared-volume',
    what: 'modal.SharedVolume',
    advice: 'Use modal.Volume; what is written to it counts after commit().',
    targets: ['modal.SharedVolume', ...withArgument('shared_volumes')],
    history: { failsSince: 'always' },
    examples: {
      hit: inFunction('shared_volumes', '{}'),
      miss: inFunction('volumes', '{"/data": modal.Volume.from_name("data")}'),
    },
  },
  {
    code: 'max-inputs',
    what: 'max_inputs= of a function or class',
    advice:
      'Use single_use_containers=True; for inputs at the same time use @modal.concurrent(max_inputs=…).',
    targets: withArgument('max_inputs'),
    history: { replacedIn: '1.3.0', warnsSince: '1.3.0' },
    examples: {
      hit: inFunction('max_inputs', '1'),
      miss: inFunction('single_use_containers', 'True'),
    },
  },
  {
    code: 'checkpointing-enabled',
    what: 'checkpointing_enabled',
    advice: 'It is called enable_memory_snapshot now.',
    targets: withArgument('checkpointing_enabled'),
    rewrite: rename('enable_memory_snapshot'),
    history: { failsSince: 'always' },
    examples: {
      hit: inFunction('checkpointing_enabled', 'True'),
      miss: inFunction('enable_memory_snapshot', 'True'),
    },
  },
  {
    code: 'interactive',
    what: 'interactive=',
    advice: 'Delete it, and run the function with modal run -i.',
    targets: withArgument('interactive'),
    rewrite: { kind: 'remove' },
    history: { failsSince: 'always' },
    examples: {
      hit: inFunction('interactive', 'True'),
      miss: 'import modal\n\n\ndef f(interactive=True):\n    pass\n\n\nf(interactive=True)\n',
    },
  },
  {
    code: 'removed-argument',
    what: 'An argument that was removed',
    advice: 'Delete it.',
    targets: [
      'allow_cross_region_volumes',
      '_experimental_boost',
      '_experimental_scheduler',
      '_allow_background_volume_commits',
    ].flatMap((argument) => withArgument(argument)),
    rewrite: { kind: 'remove' },
    history: { failsSince: '1.2.0' },
    examples: {
      hit: inFunction('allow_cross_region_volumes', 'True'),
      miss: inFunction('volumes', '{}'),
    },
  },
];
