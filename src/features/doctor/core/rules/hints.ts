import type { SyntaxNode } from '@lezer/common';
import { gpuUsdPerHour } from '../../../../domain/cost.ts';
import { plural } from '../../../../shared/format.ts';
import type { Argument } from '../../../workspace/core/index.ts';
import type { Rule } from '../rule.ts';
import type { Call } from '../sites.ts';
import type { Check, CheckedFile, Hit } from './check.ts';
import { formatUsd } from '../../../../domain/priceText.ts';

const inFunction = (args: string, below = '') => `import modal

app = modal.App("example")


@app.function(${args})
${below}def f():
    pass
`;

/** An idle window in seconds that is worth a word on a GPU. */
const longWindow = 300;
const day = 86_400;

const warm: Rule = {
  code: 'warm-gpu',
  what: 'A GPU that is kept warm',
  advice: 'With min_containers=0 it costs nothing while nobody calls, and the first call waits for a start.',
  history: { hint: true },
  examples: {
    hit: inFunction('gpu="L4", min_containers=1, max_containers=2'),
    miss: inFunction('min_containers=1'),
  },
};

const idle: Rule = {
  code: 'idle-window',
  what: 'A long idle window on a GPU',
  advice: 'A shorter scaledown_window costs less where calls come in bursts.',
  history: { hint: true },
  examples: {
    hit: inFunction('gpu="L4", scaledown_window=1200, max_containers=2'),
    miss: inFunction('gpu="L4", scaledown_window=300, max_containers=2'),
  },
};

const unlimited: Rule = {
  code: 'no-container-limit',
  what: 'A GPU without max_containers',
  advice: 'With max_containers the price has a limit.',
  history: { hint: true },
  examples: { hit: inFunction('gpu="L4"'), miss: inFunction('gpu="L4", max_containers=2') },
};

const longCall: Rule = {
  code: 'long-timeout',
  what: 'A call on a GPU that may run for 24 hours',
  advice: 'A shorter timeout ends a call that hangs.',
  history: { hint: true },
  examples: {
    hit: inFunction('gpu="L4", timeout=24 * 60 * 60, max_containers=2').replace('24 * 60 * 60', '86400'),
    miss: inFunction('gpu="L4", timeout=3600, max_containers=2'),
  },
};

const open: Rule = {
  code: 'open-endpoint',
  what: 'Anybody who knows the address may call this endpoint, unless its own code checks the caller',
  advice: 'With requires_proxy_auth=True Modal asks for a proxy token.',
  history: { hint: true },
  examples: {
    hit: inFunction('', '@modal.fastapi_endpoint()\n'),
    miss: inFunction('', '@modal.fastapi_endpoint(requires_proxy_auth=True)\n'),
  },
};

const unpinned: Rule = {
  code: 'unpinned-package',
  what: 'A package without a version',
  advice: 'Name one, as in "torch==2.9.0", so that each build is the same.',
  history: { hint: true },
  examples: {
    hit: 'import modal\n\nimage = modal.Image.debian_slim().pip_install("torch")\n',
    miss: 'import modal\n\nimage = modal.Image.debian_slim().pip_install("torch==2.9.0", "x @ git+https://host/x@1")\n',
  },
};

/** What costs money or trust without being wrong. */
export const hints: Check = {
  rules: [warm, idle, unlimited, longCall, open, unpinned],
  *run(checked) {
    for (const call of checked.calls) {
      if (call.callee === 'app.function' || call.callee === 'app.cls') yield* costHits(call, checked);
      else if (webDecorator.test(call.callee)) yield* openHits(call, checked);
      else if (installs.test(call.callee)) yield* packageHits(call, checked);
    }
  },
};

const webDecorator = /^modal\.(?:fastapi_endpoint|web_endpoint|asgi_app|wsgi_app|web_server)$/;
const installs = /^image\.(?:uv_)?pip_install$/;

function* costHits(call: Call, checked: CheckedFile): Generator<Hit> {
  const gpu = argument(call, 'gpu');
  const name = gpu && checked.file.valueOf(gpu.value);
  // Unpacked options may set anything.
  if (!gpu || typeof name !== 'string' || call.args.some(({ unpacked }) => unpacked)) return;
  const oneHour = checked.rates && gpuUsdPerHour(name, checked.rates);
  const containers = containersOfCall(call, checked);
  const perHour = oneHour === undefined || containers === undefined ? undefined : oneHour * containers;
  const cost = (seconds: number) =>
    perHour === undefined ? '' : `: ${formatUsd((perHour * seconds) / 3600)}`;
  const number = (key: string) => {
    const given = argument(call, key);
    const value = given && checked.file.valueOf(given.value);
    return given && typeof value === 'number' ? { value, place: placeOf(given.value) } : undefined;
  };
  const least = number('min_containers') ?? number('keep_warm');
  if (least && least.value > 0) {
    const price = oneHour === undefined ? '' : ` (${formatUsd(oneHour * 24 * least.value)} for the GPU)`;
    const detail = `${plural(least.value, 'container')} with ${name.slice(0, 40)}, used or not, all day${price}`;
    yield { rule: warm, ...least.place, detail: `Modal charges for ${detail}` };
  }
  const window = number('scaledown_window') ?? number('container_idle_timeout');
  if (window && window.value > longWindow)
    yield {
      rule: idle,
      ...window.place,
      detail: `After the last call the GPU is charged for ${Math.round(window.value / 60)} idle minutes${cost(window.value)}`,
    };
  const timeout = number('timeout');
  if (timeout && timeout.value >= day)
    yield {
      rule: longCall,
      ...timeout.place,
      detail: `A call that hangs is charged for 24 hours${cost(day)}`,
    };
  if (!argument(call, 'max_containers') && !argument(call, 'concurrency_limit'))
    yield {
      rule: unlimited,
      ...placeOf(gpu.value),
      detail: 'Nothing limits how many of these GPUs run at once',
    };
}

/** A clustered function has several containers for each call; undefined where only running the file would tell how many. */
function containersOfCall(call: Call, { calls, file }: CheckedFile): number | undefined {
  const definition = call.node.parent;
  const cluster = calls.find(
    ({ callee, node }) => clustered.test(callee) && node.parent?.from === definition?.from,
  );
  if (!cluster) return 1;
  const size = cluster.args.find(({ name, unpacked }) => !unpacked && (name ?? 'size') === 'size');
  const value = size && file.valueOf(size.value);
  return typeof value === 'number' ? value : undefined;
}

const clustered = /^modal\.(?:experimental\.)?clustered$/;

function* openHits(call: Call, { file }: CheckedFile): Generator<Hit> {
  const auth = argument(call, 'requires_proxy_auth');
  if (call.node.name !== 'Decorator' || call.args.some(({ unpacked }) => unpacked)) return;
  if (auth && file.valueOf(auth.value) !== false) return;
  yield { rule: open, from: call.node.from, to: call.node.getChild('ArgList')?.from ?? call.node.to };
}

function* packageHits({ args }: Call, { file }: CheckedFile): Generator<Hit> {
  for (const { name, unpacked, value } of args) {
    if (name !== undefined || unpacked) continue;
    const text = file.valueOf(value);
    if (typeof text !== 'string' || !isBareName(text)) continue;
    yield { rule: unpinned, ...placeOf(value), detail: `${text.slice(0, 60)} has no version` };
  }
}

/** `torch` or `transformers[torch]`; options, files and addresses are something else. */
const isBareName = (text: string) => /^[A-Za-z][\w.-]*(?:\[[\w,. -]*\])?$/.test(text.trim());

const argument = (call: Call, key: string): Argument | undefined =>
  call.args.find(({ name }) => name === key);
const placeOf = ({ from, to }: SyntaxNode) => ({ from, to });
