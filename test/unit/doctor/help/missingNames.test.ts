import { describe, expect, it } from 'vitest';
import { examine } from '../../../../src/features/doctor/core/examine.ts';
import { missingName } from '../../../../src/features/doctor/core/help/namedUses.ts';
import { rulePage } from '../../../../src/features/doctor/core/rulePage.ts';
import type { AccountNameList, NameList } from '../../../../src/store/accountNames.ts';
import { missingNames } from '../../../../src/features/doctor/ui/missingNames.ts';

const head = 'import modal as m\nfrom modal import Secret as S\n\n';
const usesOf = (text: string) => examine(text, '1.6.4').uses;
const named = (body: string) =>
  usesOf(head + body).map(({ of, name, environment }) => [of, name, environment].join(' '));

describe('names that must exist', () => {
  it.each([
    ['S.from_name("keys")', ['secret keys ']],
    ['m.Volume.from_name(name="data", environment_name="dev")', ['environment dev ', 'volume data dev']],
    ['m.Dict.from_name("d", create_if_missing=False)', ['dict d ']],
    ['m.Environment.from_name("dev")', ['environment dev ']],
    ['NAME = "keys"\nS.from_name(NAME)', ['secret keys ']],
    ['m.Function.from_name("a", "b", environment_name="dev")', ['environment dev ']],
  ])('%s', (body, names) => {
    expect(named(`${body}\n`)).toEqual(names);
  });

  it.each([
    'm.Volume.from_name("data", create_if_missing=True)',
    'm.Volume.from_name("data", create_if_missing=makes)',
    'm.Environment.from_name("dev", create_if_missing=True)',
    'S.from_name(which)',
    'S.from_name("keys", environment_name=where)',
    'S.from_name("keys", **options)',
    'other.Secret.from_name("keys")',
  ])('are none that may be made, or that only running the file would tell: %s', (body) => {
    expect(named(`${body}\n`)).toEqual([]);
  });
});

const known = (lists: Readonly<Record<string, AccountNameList>>, signedIn = true) => {
  const asked: string[] = [];
  return {
    asked,
    needs: {
      environment: () => (signedIn ? Promise.resolve('main') : Promise.reject(new Error('signed out'))),
      names: {
        isEmpty: Object.keys(lists).length === 0,
        known: (wanted: NameList) => Promise.resolve(lists[Object.values(wanted).join(' ')]),
        names: (wanted: NameList) => {
          asked.push(wanted.of);
          return Promise.resolve(undefined);
        },
      },
    },
  };
};
const list = (names: readonly string[], more = false): AccountNameList => ({ names, more });

describe('a name that is not in the account', () => {
  const text = `${head}a = S.from_name("keys")\nb = m.Volume.from_name("data")\n`;
  const said = async (lists: Readonly<Record<string, AccountNameList>>, signedIn = true) => {
    const { asked, needs } = known(lists, signedIn);
    const found = await missingNames(usesOf(text), needs);
    expect(asked).toEqual([]);
    return found.map(({ message }) => message.split('. ')[0]);
  };

  it('is told where its list was read a while ago, and nothing is read for it', async () => {
    expect(await said({ 'secret main': list(['other']), 'volume main': list(['data']) })).toEqual([
      'Secret keys was not found in environment main a few minutes ago',
    ]);
    expect((await missingNames(usesOf(text), known({ 'secret main': list([]) }).needs))[0]).toMatchObject({
      code: 'missing-name',
      severity: 'information',
      from: text.indexOf('"keys"'),
    });
  });

  it('is unknown where the list is unknown, has more, or nobody is signed in', async () => {
    expect(await said({})).toEqual([]);
    expect(await said({ 'secret dev': list([]) })).toEqual([]);
    expect(await said({ 'secret main': list([], true) })).toEqual([]);
    expect(await said({ 'secret main': list([]) }, false)).toEqual([]);
  });

  it('has a page', () => {
    expect(rulePage(missingName)).toContain('create_if_missing=True');
  });
});
