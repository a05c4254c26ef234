import * as vscode from 'vscode';
import { lossLines, removesFunctions } from '../core/losses.ts';
import type { DeployPlan, PlannedSecret } from '../core/plan.ts';
import { missingSecrets } from '../core/plan.ts';
import { isChanged, settingValue } from '../core/settings.ts';
import { unitLines } from '../core/unitLines.ts';
import type { ManifestSecret, ManifestSetting } from '../../../domain/catalog.ts';
import { plain, text } from '../../../shared/text.ts';
import { spokenAge } from '../../../shared/format.ts';
import { commitWords, gpuWords, isComplete, secretWords } from './planWords.ts';
import type { PickItem } from '../../../editor/shown/inputs.ts';
import { showPick } from '../../../editor/shown/inputs.ts';

/** What the user wants after looking at the plan. */
export type PreviewAnswer =
  | { readonly kind: 'deploy' }
  | { readonly kind: 'environment' }
  | { readonly kind: 'gpu' }
  | { readonly kind: 'setting'; readonly setting: ManifestSetting }
  | { readonly kind: 'secret'; readonly secret: ManifestSecret }
  | { readonly kind: 'script' }
  | { readonly kind: 'look' };

interface Item extends PickItem {
  readonly answer?: PreviewAnswer;
}

/**
 * Everything that a deploy will do, in one list whose first entry goes on: Enter deploys, any other entry changes or
 * shows what it names.
 * @returns undefined when the user left
 */
export async function showPreview(plan: DeployPlan): Promise<PreviewAnswer | undefined> {
  const chosen = await showPick(previewItems(plan, Date.now()), {
    title: text`Deploy ${plan.appName || plan.title} to ${plan.environment || text`the default environment`}`,
    placeHolder: text`Press Enter to continue, or select an item to change it`,
    matchOnDescription: true,
    ignoreFocusOut: true,
  });
  return chosen?.answer;
}

function previewItems(plan: DeployPlan, now: number): Item[] {
  return [
    deployItem(plan),
    ...section(text`Target`, whatItems(plan)),
    ...section(text`Removed by this deploy`, lossItems(plan)),
    ...section(text`Currently deployed`, nowItems(plan, now)),
    ...section(text`Secrets`, plan.secrets.map(secretItem)),
    ...section(text`Settings`, settingItems(plan)),
  ];
}

function section(label: string, items: readonly Item[]): Item[] {
  return items.length > 0
    ? [{ label: plain(label), kind: vscode.QuickPickItemKind.Separator }, ...items]
    : [];
}

function icon(name: string): Pick<Item, 'iconPath'> {
  return { iconPath: new vscode.ThemeIcon(name) };
}

function deployItem(plan: DeployPlan): Item {
  const [missing] = missingSecrets(plan);
  if (missing) {
    return {
      ...icon('key'),
      label: text`Create Secret ${missing.name}…`,
      description: text`required before deploying`,
      answer: { kind: 'secret', secret: missing },
    };
  }
  return {
    ...icon('rocket'),
    label: text`Deploy`,
    description: plain(gpuWords(plan)),
    answer: { kind: 'deploy' },
  };
}

function whatItems(plan: DeployPlan): Item[] {
  return [
    {
      ...icon('layers'),
      label: text`Environment`,
      description: plain(plan.environment),
      answer: { kind: 'environment' },
    },
    ...(plan.gpu
      ? [
          {
            ...icon('chip'),
            label: text`GPU`,
            description: plain(gpuWords(plan)),
            answer: { kind: 'gpu' as const },
          },
        ]
      : []),
    ...unitItems(plan),
    {
      ...icon('file-code'),
      label: text`Script`,
      description:
        plan.target.kind === 'bundled'
          ? text`${plan.target.app.entry}, as bundled`
          : plain(vscode.workspace.asRelativePath(plan.script)),
      answer: { kind: 'script' },
    },
  ];
}

/** What the functions and classes of a script ask for: to look at, because the script decides it. */
function unitItems(plan: DeployPlan): Item[] {
  return unitLines(plan.units ?? [], plan.rates, isComplete(plan)).map((line) => ({
    ...icon('chip'),
    label: plain(line),
    answer: { kind: 'look' },
  }));
}

/** To look at; the question after it asks for them on purpose. */
function lossItems({ losses }: DeployPlan): Item[] {
  const sentences = lossLines(losses);
  if (sentences.length === 0) return [];
  const label = removesFunctions(losses)
    ? text`Live functions are removed`
    : text`Live functions may be removed`;
  return [
    { ...icon('warning'), label, detail: plain(sentences.join(' ')), answer: { kind: 'script' as const } },
  ];
}

function nowItems(plan: DeployPlan, now: number): Item[] {
  if (!plan.appName) return [];
  const { deployed } = plan;
  const look = { kind: 'look' } as const;
  if (!deployed) return [{ ...icon('circle-outline'), label: text`Not deployed`, answer: look }];
  const version = deployed.version ? text`Version ${deployed.version}` : text`Unknown version`;
  const age = deployed.deployedAt ? spokenAge(deployed.deployedAt, now) : '';
  return [
    {
      ...icon('history'),
      label: plain(version),
      description: plain([age, commitWords(plan)].filter(Boolean).join(' · ')),
      answer: look,
    },
    ...plan.changes.map((change) => ({ ...icon('diff'), label: plain(change), answer: look })),
  ];
}

function secretItem({ secret, state }: PlannedSecret): Item {
  const look = { kind: 'look' } as const;
  const answer = state === 'missing' ? { kind: 'secret' as const, secret } : look;
  return {
    ...icon(state === 'missing' && secret.required ? 'warning' : 'key'),
    label: secret.generate === 'proxy-token' ? text`Proxy token` : plain(secret.name),
    description: plain(secretWords({ secret, state })),
    detail: plain(secret.purpose),
    answer,
  };
}

function settingItems(plan: DeployPlan): Item[] {
  if (plan.target.kind !== 'bundled') return [];
  return plan.target.app.settings.map((setting) => ({
    ...icon(isChanged(setting, plan.values) ? 'edit' : 'settings'),
    label: plain(setting.title),
    description: plain(
      [
        settingValue(setting, plan.values) || text`(empty)`,
        isChanged(setting, plan.values) ? text`changed` : '',
      ]
        .filter(Boolean)
        .join(' · '),
    ),
    detail: plain(setting.description),
    answer: { kind: 'setting' as const, setting },
  }));
}
