import type { Rule } from '../rule.ts';
import type { Check, CheckedFile } from './check.ts';
import type { Call } from '../sites.ts';

const rule: Rule = {
  code: 'method-as-function',
  what: 'A method that is looked up as a function',
  advice: 'Look up its class: modal.Cls.from_name("app", "Class")().method.',
  history: { replacedIn: '0.73.26', warnsSince: '0.73.26', failsSince: '1.4.0' },
  examples: {
    hit: 'import modal\n\nrun = modal.Function.from_name("app", "Model.run")\n',
    miss: 'import modal\n\nrun = modal.Cls.from_name("app", "Model")().run\nf = modal.Function.from_name("app", "f")\n',
  },
};

/** `Function.from_name("app", "Class.method")` */
export const methodLookups: Check = {
  rules: [rule],
  *run(checked) {
    for (const call of checked.calls) {
      if (call.callee !== 'modal.Function.from_name') continue;
      const name = call.args.find(
        (each, at) => each.name === 'name' || (each.name === undefined && at === 1),
      );
      const value = name && !name.unpacked ? checked.file.valueOf(name.value) : undefined;
      if (!name || typeof value !== 'string' || !value.includes('.')) continue;
      const edits = editsOf(call, name.value, value, checked);
      const fix = edits && { title: 'Look up the class', edits };
      yield { rule, from: name.value.from, to: name.value.to, ...(fix ? { fix } : {}) };
    }
  },
};

/** Where `modal.Function` and the name are written out, and every argument is one that classes have too. */
function editsOf(
  { node, args }: Call,
  name: Call['args'][number]['value'],
  value: string,
  { file }: CheckedFile,
) {
  const [owner, method, ...more] = value.split('.');
  const type = node.firstChild?.firstChild?.lastChild;
  const isWritten = type?.name === 'PropertyName' && name.name === 'String';
  if (!isWritten || owner === undefined || !method || more.length > 0 || !/^\w+$/.test(owner + method))
    return undefined;
  if (args.some((each) => each.unpacked ?? (each.name !== undefined && !shared.has(each.name))))
    return undefined;
  if (file.source.textOf(type) !== 'Function') return undefined;
  return [
    { from: type.from, to: type.to, text: 'Cls' },
    { from: name.from, to: name.to, text: JSON.stringify(owner) },
    { from: node.to, to: node.to, text: `().${method}` },
  ];
}

const shared = new Set(['app_name', 'name', 'environment_name']);
