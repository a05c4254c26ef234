import { gpuTypes, parseGpu } from '../../../../domain/gpu.ts';
import { childrenOf } from '../../../workspace/core/index.ts';
import type { Value } from '../../../workspace/core/index.ts';
import type { Rule } from '../rule.ts';
import type { Call } from '../sites.ts';
import type { Check, CheckedFile, Hit } from './check.ts';

const inFunction = (args: string) => `import modal

app = modal.App("example")


@app.function(${args})
def f():
    pass
`;

const gpuFlag: Rule = {
  code: 'gpu-flag',
  what: 'gpu=True',
  advice: 'Name the GPU, such as gpu="L4".',
  history: { failsSince: 'always' },
  examples: { hit: inFunction('gpu=True'), miss: inFunction('gpu=None') },
};

const gpu: Rule = {
  code: 'gpu-value',
  what: 'This GPU',
  advice: `Modal has ${gpuTypes.map(({ name }) => name).join(', ')}, with a count behind a colon.`,
  history: { refusedByServer: true },
  examples: { hit: inFunction('gpu="A1000"'), miss: inFunction('gpu="H100:8"') },
};

const window: Rule = {
  code: 'scaledown-window',
  what: 'This scaledown_window',
  advice: 'Choose 2 to 3600 seconds.',
  history: { failsSince: '1.6.2' },
  examples: { hit: inFunction('scaledown_window=7200'), miss: inFunction('scaledown_window=1200') },
};

const count: Rule = {
  code: 'container-count',
  what: 'This number',
  advice: 'Choose another.',
  history: { failsSince: 'always' },
  examples: {
    hit: inFunction('min_containers=3, max_containers=2'),
    miss: inFunction('min_containers=0, max_containers=2, retries=0'),
  },
};

const timeout: Rule = {
  code: 'timeout',
  what: 'This timeout',
  advice: 'Choose 1 to 86400 seconds.',
  history: { refusedByServer: true },
  examples: { hit: inFunction('timeout=100000'), miss: inFunction('timeout=86400') },
};

const volumePath: Rule = {
  code: 'volume-path',
  what: 'A volume at this path',
  advice: 'Name an absolute path below another folder, such as /data.',
  history: { failsSince: 'always' },
  examples: {
    hit: inFunction('volumes={"/root": modal.Volume.from_name("data")}'),
    miss: inFunction('volumes={"/root/data": modal.Volume.from_name("data")}'),
  },
};

interface Bound {
  readonly argument: string;
  readonly least: number;
  readonly most: number;
  readonly rule: Rule;
}

/** Numbers and their limits, in the units of the argument. */
const limits: readonly Bound[] = [
  { argument: 'scaledown_window', least: 2, most: 3600, rule: window },
  { argument: 'timeout', least: 1, most: 86_400, rule: timeout },
  ...['min_containers', 'max_containers', 'buffer_containers', 'retries'].map((argument) => ({
    argument,
    least: 0,
    most: Infinity,
    rule: count,
  })),
];

/** What `@app.function` and `@app.cls` ask for. */
export const resourceValues: Check = {
  rules: [gpuFlag, gpu, window, count, timeout, volumePath],
  *run(checked) {
    for (const call of checked.calls) {
      if (call.callee !== 'app.function' && call.callee !== 'app.cls') continue;
      yield* gpuHits(call, checked);
      for (const limit of limits) yield* boundHits(call, limit, checked);
      yield* containerHits(call, checked);
      yield* volumeHits(call, checked);
    }
  },
};

function* gpuHits(call: Call, { file }: CheckedFile): Generator<Hit> {
  const argument = call.args.find(({ name }) => name === 'gpu');
  if (!argument) return;
  const { from, to } = argument.value;
  const value = file.valueOf(argument.value);
  if (value === true) yield { rule: gpuFlag, from, to };
  const items: readonly Value[] = Array.isArray(value) ? (value as readonly Value[]) : [value];
  const wrong = items.find(isWrongGpu);
  if (typeof wrong === 'string') yield { rule: gpu, from, to, detail: `gpu="${wrong.slice(0, 40)}"` };
}

/** `any` is an old spelling that Modal still takes. */
function isWrongGpu(value: Value): boolean {
  return typeof value === 'string' && value.toLowerCase() !== 'any' && parseGpu(value) === undefined;
}

function* boundHits(
  call: Call,
  { argument, least, most, rule }: Bound,
  { file }: CheckedFile,
): Generator<Hit> {
  const given = call.args.find(({ name }) => name === argument);
  const value = given && file.valueOf(given.value);
  if (!given || typeof value !== 'number' || (value >= least && value <= most)) return;
  const range = most === Infinity ? `at least ${least}` : `${least} to ${most}`;
  yield {
    rule,
    from: given.value.from,
    to: given.value.to,
    detail: `${argument}=${value} is not within ${range}, which`,
  };
}

function* containerHits({ args }: Call, { file }: CheckedFile): Generator<Hit> {
  const least = args.find(({ name }) => name === 'min_containers');
  const most = args.find(({ name }) => name === 'max_containers');
  const [min, max] = [least, most].map((argument) => argument && file.valueOf(argument.value));
  if (!most || typeof min !== 'number' || typeof max !== 'number' || min <= max) return;
  const { from, to } = most.value;
  yield { rule: count, from, to, detail: `max_containers=${max} is less than min_containers=${min}, which` };
}

function* volumeHits({ args }: Call, { file }: CheckedFile): Generator<Hit> {
  const volumes = args.find(({ name }) => name === 'volumes')?.value;
  if (volumes?.name !== 'DictionaryExpression') return;
  for (const key of childrenOf(volumes)) {
    const path = key.nextSibling?.name === ':' ? file.valueOf(key) : undefined;
    if (typeof path !== 'string' || (path.startsWith('/') && !reserved.has(path.replace(/\/$/, '') || '/')))
      continue;
    yield { rule: volumePath, from: key.from, to: key.to, detail: `A volume at ${path.slice(0, 60)}` };
  }
}

const reserved = new Set(['/', '/root', '/tmp']);
