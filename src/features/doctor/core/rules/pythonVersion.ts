import type { Rule } from '../rule.ts';
import type { Check } from './check.ts';

const rule: Rule = {
  code: 'python-version',
  what: 'Python 3.10',
  advice: 'Choose 3.11 or newer.',
  history: { warnsSince: '1.6.0', failsFrom: '1.7.0' },
  examples: {
    hit: 'import modal\n\nimage = modal.Image.debian_slim(python_version="3.10")\n',
    miss: 'import modal\n\nimage = modal.Image.debian_slim(python_version="3.11")\n',
  },
};

const unsupported: Rule = {
  code: 'python-version-unsupported',
  what: 'This version of Python',
  advice: 'Modal has images with Python 3.10 to 3.15.',
  history: { failsSince: 'always' },
  examples: {
    hit: 'import modal\n\nimage = modal.Image.debian_slim(python_version="3.8")\n',
    miss: 'import modal\n\nimage = modal.Image.debian_slim(python_version="3.14")\n',
  },
};

const targets = /^(?:modal\.Image|image)\.\w+\((?:python_version|add_python)=\)$/;

/** `python_version=` and `add_python=` of images. */
export const pythonVersions: Check = {
  rules: [rule, unsupported],
  *run({ file, sites }) {
    for (const { target, argument } of sites) {
      if (!argument || !targets.test(target)) continue;
      const value = file.valueOf(argument.value);
      const minor = typeof value === 'string' ? /^3\.(\d{1,2})(?:\.\d{1,2})?t?$/.exec(value)?.[1] : undefined;
      if (minor === undefined) continue;
      const { from, to } = argument.value;
      if (minor === '10') yield { rule, from, to };
      else if (Number(minor) < 10 || Number(minor) > 15)
        yield { rule: unsupported, from, to, detail: `Python 3.${minor}` };
    }
  },
};
