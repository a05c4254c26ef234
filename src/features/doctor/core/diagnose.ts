import type { Rates } from '../../../domain/cost.ts';
import { ownValue } from '../../../shared/ownValue.ts';
import type { ModalFile } from './modalFile.ts';
import { readModalFile } from './modalFile.ts';
import type { Finding, History, Rule, Severity } from './rule.ts';
import type { Form } from './rules/form.ts';
import { forms } from './rules/forms.ts';
import { checks } from './rules/checks.ts';
import { fixOf } from './rewrites.ts';
import type { Site } from './sites.ts';
import { isAtLeast } from './version.ts';

const byTarget = new Map(forms.flatMap((form) => form.targets.map((target) => [target, form] as const)));

/**
 * What is outdated or wrong in a file for a release of `modal`. Never fails: what cannot be read has no finding.
 * @param version of the `modal` that will read the file
 * @param rates for hints about money; without them no amount is said
 */
export function diagnose(text: string, version: string, rates?: Rates): Finding[] {
  const read = readModalFile(text);
  return read ? findingsIn(read, version, rates) : [];
}

/** As {@link diagnose}, of a file that was read. */
export function findingsIn({ file, sites, calls }: ModalFile, version: string, rates?: Rates): Finding[] {
  const matched = matches(sites);
  const found = matched.flatMap(({ site, form }): Finding[] => {
    const same = matched.filter((other) => other.form === form).map((other) => other.site);
    const fix = fixOf({ site, form, same, calls, file });
    return findingOf(form, site, version, fix, nameOf(site));
  });
  for (const { rule, from, to, detail, fix } of checks({ file, sites, calls, rates }))
    found.push(...findingOf(rule, { from, to }, version, fix, detail));
  return found.sort((a, b) => a.from - b.from || a.to - b.to);
}

/** Of a dotted name the longest form that is known: `modal.gpu.A100` before `modal.gpu`. */
function matches(sites: readonly Site[]): { site: Site; form: Form }[] {
  const found = new Map<string, { site: Site; form: Form }>();
  for (const site of sites) {
    const form = byTarget.get(site.target);
    if (!form) continue;
    const key = site.argument ? `argument ${site.from}` : `name ${site.imports ? site.from : site.node.from}`;
    const known = found.get(key);
    if (!known || known.site.target.length < site.target.length) found.set(key, { site, form });
  }
  return [...found.values()];
}

export function findingOf(
  rule: Rule,
  { from, to }: { readonly from: number; readonly to: number },
  version: string,
  fix?: Finding['fix'],
  detail?: string,
): Finding[] {
  const status = statusOf(rule.history, version);
  if (!status) return [];
  const { severity, words, deprecated } = status;
  const message = `${[detail ?? rule.what, words].filter(Boolean).join(' ')}. ${rule.advice}`;
  return [
    {
      code: rule.code,
      from,
      to,
      severity,
      message,
      ...(deprecated ? { deprecated } : {}),
      ...(fix ? { fix } : {}),
    },
  ];
}

const shownKinds: Readonly<Record<string, string>> = { image: 'Image', function: 'Function', cls: 'Cls' };

/** How a person would name what a site names: `modal.Stub`, `keep_warm=`, `Image.conda_install`, `app.image = …`. */
function nameOf({ target, argument }: Site): string {
  if (argument) return `${argument.name ?? ''}=`;
  if (target === 'app[]=') return 'app["…"] = …';
  if (target.endsWith('=')) return `${target.slice(0, -1)} = …`;
  const [first = '', ...rest] = target.split('.');
  return [ownValue(shownKinds, first) ?? first, ...rest].join('.');
}

interface Status {
  readonly severity: Severity;
  readonly words: string;
  readonly deprecated?: true;
}

/** What a release does with a form; undefined where it takes it without a word and has nothing better. */
function statusOf(history: History, version: string): Status | undefined {
  const { replacedIn, warnsSince, failsSince, ignoredSince, failsFrom } = history;
  if (history.hint) return { severity: 'hint', words: '' };
  if (history.refusedByServer)
    return { severity: 'warning', words: 'is refused by Modal when the app is deployed' };
  if (replacedIn !== undefined && !isAtLeast(version, replacedIn)) return undefined;
  if (failsSince === 'always') return { severity: 'error', words: `fails with modal ${version}` };
  if (failsSince !== undefined && isAtLeast(version, failsSince))
    return { severity: 'error', words: `fails with modal ${version} (since ${failsSince})` };
  if (ignoredSince !== undefined && isAtLeast(version, ignoredSince))
    return { severity: 'warning', words: `has no effect with modal ${version} (since ${ignoredSince})` };
  const later = failsSince ?? failsFrom;
  const isKnown = warnsSince !== undefined && isAtLeast(version, warnsSince);
  if (later !== undefined && (isKnown || warnsSince === undefined))
    return { severity: 'warning', words: `fails from modal ${later} on`, deprecated: true };
  return isKnown
    ? { severity: 'information', words: `is deprecated since modal ${warnsSince}`, deprecated: true }
    : undefined;
}
