import * as vscode from 'vscode';
import type { DeployPlan, PlannedSecret } from '../../deploy/plan.ts';
import { missingSecrets } from '../../deploy/plan.ts';
import { isChanged, settingValue } from '../../deploy/settings.ts';
import { unitLines } from '../../deploy/unitLines.ts';
import type { ManifestSecret, ManifestSetting } from '../../domain/catalog.ts';
import { spokenAge } from '../../domain/words.ts';
import { commitWords, gpuWords, isComplete, secretWords } from './planWords.ts';

/** What the user wants after looking at the plan. */
export type PreviewAnswer =
  | { readonly kind: 'deploy' }
  | { readonly kind: 'environment' }
  | { readonly kind: 'gpu' }
  | { readonly kind: 'setting'; readonly setting: ManifestSetting }
  | { readonly kind: 'secret'; readonly secret: ManifestSecret }
  | { readonly kind: 'script' }
  | { readonly kind: 'look' };

interface Item extends vscode.QuickPickItem {
  readonly answer?: PreviewAnswer;
}

/**
 * Everything that a deploy will do, in one list whose first entry goes on: Enter deploys, any other entry changes or
 * shows what it names.
 * @returns undefined when the user left
 */
export async function showPreview(plan: DeployPlan): Promise<PreviewAnswer | undefined> {
  const { t } = vscode.l10n;
  const chosen = await vscode.window.showQuickPick(previewItems(plan, Date.now()), {
    title: t(
      'Deploy {0} to {1}',
      plan.appName || plan.title,
      plan.environment || t('the default environment'),
    ),
    placeHolder: t('Enter goes on to the confirmation; choose any other line to change it'),
    matchOnDescription: true,
    ignoreFocusOut: true,
  });
  return chosen?.answer;
}

function previewItems(plan: DeployPlan, now: number): Item[] {
  return [
    deployItem(plan),
    ...section(vscode.l10n.t('What and where'), whatItems(plan)),
    ...section(vscode.l10n.t('Deployed now'), nowItems(plan, now)),
    ...section(vscode.l10n.t('Secrets'), plan.secrets.map(secretItem)),
    ...section(vscode.l10n.t('Settings'), settingItems(plan)),
  ];
}

function section(label: string, items: readonly Item[]): Item[] {
  return items.length > 0 ? [{ label, kind: vscode.QuickPickItemKind.Separator }, ...items] : [];
}

function icon(name: string): Pick<Item, 'iconPath'> {
  return { iconPath: new vscode.ThemeIcon(name) };
}

function deployItem(plan: DeployPlan): Item {
  const { t } = vscode.l10n;
  const [missing] = missingSecrets(plan);
  if (missing) {
    return {
      ...icon('key'),
      label: t('Create Secret {0}…', missing.name),
      description: t('needed before the deploy'),
      answer: { kind: 'secret', secret: missing },
    };
  }
  return { ...icon('rocket'), label: t('Deploy'), description: gpuWords(plan), answer: { kind: 'deploy' } };
}

function whatItems(plan: DeployPlan): Item[] {
  const { t } = vscode.l10n;
  return [
    {
      ...icon('layers'),
      label: t('Environment'),
      description: plan.environment,
      answer: { kind: 'environment' },
    },
    ...(plan.gpu
      ? [{ ...icon('chip'), label: t('GPU'), description: gpuWords(plan), answer: { kind: 'gpu' as const } }]
      : []),
    ...unitItems(plan),
    {
      ...icon('file-code'),
      label: t('Script'),
      description:
        plan.target.kind === 'bundled'
          ? t('{0}, as bundled', plan.target.app.entry)
          : vscode.workspace.asRelativePath(plan.script),
      answer: { kind: 'script' },
    },
  ];
}

/** What the functions and classes of a script ask for: to look at, because the script decides it. */
function unitItems(plan: DeployPlan): Item[] {
  return unitLines(plan.units ?? [], plan.rates, isComplete(plan)).map((line) => ({
    ...icon('chip'),
    label: line,
    answer: { kind: 'look' },
  }));
}

function nowItems(plan: DeployPlan, now: number): Item[] {
  const { t } = vscode.l10n;
  if (!plan.appName) return [];
  const { deployed } = plan;
  const look = { kind: 'look' } as const;
  if (!deployed) return [{ ...icon('circle-outline'), label: t('Not deployed'), answer: look }];
  const version = deployed.version ? t('Version {0}', deployed.version) : t('A version');
  const age = deployed.deployedAt ? spokenAge(deployed.deployedAt, now) : '';
  return [
    {
      ...icon('history'),
      label: version,
      description: [age, commitWords(plan)].filter(Boolean).join(' · '),
      answer: look,
    },
    ...plan.changes.map((change) => ({ ...icon('diff'), label: change, answer: look })),
  ];
}

function secretItem({ secret, state }: PlannedSecret): Item {
  const look = { kind: 'look' } as const;
  const answer = state === 'missing' ? { kind: 'secret' as const, secret } : look;
  return {
    ...icon(state === 'missing' && secret.required ? 'warning' : 'key'),
    label: secret.generate === 'proxy-token' ? vscode.l10n.t('Proxy token') : secret.name,
    description: secretWords({ secret, state }),
    detail: secret.purpose,
    answer,
  };
}

function settingItems(plan: DeployPlan): Item[] {
  if (plan.target.kind !== 'bundled') return [];
  return plan.target.app.settings.map((setting) => ({
    ...icon(isChanged(setting, plan.values) ? 'edit' : 'settings'),
    label: setting.title,
    description: [
      settingValue(setting, plan.values) || vscode.l10n.t('(empty)'),
      isChanged(setting, plan.values) ? vscode.l10n.t('changed') : '',
    ]
      .filter(Boolean)
      .join(' · '),
    detail: setting.description,
    answer: { kind: 'setting' as const, setting },
  }));
}
