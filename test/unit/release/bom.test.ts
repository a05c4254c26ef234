import { expect, it } from 'vitest';
import { onlyBundled } from '../../../scripts/release/bom.ts';

const component = (name: string, version = '1.0.0') => ({
  'bom-ref': `${name}@${version}`,
  name,
  version,
  scope: 'optional',
  properties: [
    { name: 'cdx:npm:package:development', value: 'true' },
    { name: 'other', value: 'x' },
  ],
});
const all = {
  metadata: { component: component('folder') },
  components: [component('a'), component('a', '2.0.0'), component('b'), component('tool')],
  dependencies: [
    { ref: 'folder@1.0.0', dependsOn: ['a@1.0.0', 'tool@1.0.0'] },
    { ref: 'a@1.0.0', dependsOn: ['b@1.0.0', 'tool@1.0.0'] },
    { ref: 'b@1.0.0' },
    { ref: 'tool@1.0.0', dependsOn: ['a@2.0.0'] },
  ],
};

it('a bill of materials has what the bundles contain, in the release that they contain, and no tool', () => {
  const bom = onlyBundled(all, new Set(['a@1.0.0', 'b@1.0.0']), 'extension');
  expect(bom.components.map((each) => each['bom-ref'])).toEqual(['a@1.0.0', 'b@1.0.0']);
  expect(bom.metadata.component).toMatchObject({ name: 'extension', type: 'application' });
  expect(bom.dependencies).toEqual([
    { ref: 'folder@1.0.0', dependsOn: ['a@1.0.0', 'b@1.0.0'] },
    { ref: 'a@1.0.0', dependsOn: ['b@1.0.0'] },
    { ref: 'b@1.0.0', dependsOn: [] },
  ]);
});

it('what is in a bundle is not said to be optional or for development', () => {
  const [first] = onlyBundled(all, new Set(['a@1.0.0']), 'extension').components;
  expect(first).toMatchObject({ scope: 'required', properties: [{ name: 'other' }] });
});

it('a bill of materials that would lack something is not written', () => {
  expect(() => onlyBundled(all, new Set(['a@1.0.0', 'unknown@1.0.0']), 'extension')).toThrow('unknown@1.0.0');
});
