import { describe, expect, it } from 'vitest';
import { diagnose } from '../../../src/features/doctor/core/diagnose.ts';
import type { Rule } from '../../../src/features/doctor/core/rule.ts';
import { rules } from '../../../src/features/doctor/core/rules.ts';
import measured from './measured.json' with { type: 'json' };

const results = measured as Readonly<Record<string, Readonly<Record<string, string>>>>;
const newest = '1.6.4';

/** What a release does only when the function is called, or nowhere but on Modal: the import says nothing. */
const unseen = new Map<string, string>([
  ['class-context', 'nothing calls it, and nothing says so'],
  ['app-attribute', 'accepted without a word'],
  ['python-version', 'said after the image was built'],
  ['python-version-unsupported', 'said when the image is built'],
  ['update-autoscaler', 'said after the server has answered'],
]);

/** No release says anything of these when it reads the file. */
const ofServer = ({ history }: Rule) => history.refusedByServer === true || history.hint === true;

/** Codes that a file gets; an example of an error may well deserve a hint beside it. */
const own = ({ history }: Rule, file: string) =>
  diagnose(file, newest)
    .filter(({ severity }) => history.hint ?? severity !== 'hint')
    .map(({ code }) => code);

describe('rules', () => {
  it.each(rules.map((rule) => [rule.code, rule] as const))(
    '%s finds its example and not its look-alike',
    (code, rule) => {
      expect(own(rule, rule.examples.hit)).toEqual([code]);
      expect(own(rule, rule.examples.miss)).toEqual([]);
    },
  );

  it('has one code for each rule', () => {
    expect(new Set(rules.map(({ code }) => code)).size).toBe(rules.length);
  });

  it.each(
    rules
      .filter((rule) => !ofServer(rule) && !unseen.has(rule.code))
      .map((rule) => [rule.code, rule] as const),
  )('%s is as grave as each release of modal takes it', (code, rule) => {
    const said = Object.entries(results[`${code}/hit`] ?? {});
    expect(said.length).toBeGreaterThan(0);
    const wrong = said.filter(([release, outcome], at) => {
      const finding = diagnose(rule.examples.hit, release).find((found) => found.code === code);
      if (!finding) return outcome !== 'ok';
      if (finding.severity === 'error') return outcome !== 'fails';
      // A release may say nothing of what a later one refuses.
      const failsLater = said.slice(at + 1).some(([, later]) => later === 'fails');
      return outcome === 'fails' || (outcome === 'ok' && !failsLater);
    });
    expect(wrong).toEqual([]);
  });

  it.each(rules.map(({ code }) => [code]))('the look-alike of %s is taken by the newest modal', (code) => {
    expect(results[`${code}/miss`]?.[newest]).toBe('ok');
  });
});
