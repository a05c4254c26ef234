import * as vscode from 'vscode';
import type { Text } from '../../../shared/text.ts';
import { plain, text } from '../../../shared/text.ts';
import type { HealthAction, HealthLine } from '../core/healthLine.ts';
import { healthSteps } from '../core/healthLine.ts';
import { actionLooks, lineWords, stateLooks, stepNames, summaryWords } from './healthWords.ts';
import type { PickItem } from '../../../editor/shown/inputs.ts';
import { createPick } from '../../../editor/shown/inputs.ts';

export interface HealthListActions {
  /** Runs until all lines are told or the signal ends it; never rejects. */
  readonly check: (signal: AbortSignal) => Promise<void>;
  /** @returns whether to check again */
  readonly act: (action: HealthAction) => Promise<boolean>;
}

type Item = PickItem & { readonly line: HealthLine };

/** A picker that shows one line for each step. Choosing a line does what helps; closing it ends the check. */
export class HealthList {
  readonly #picker: vscode.QuickPick<Item>;
  readonly #actions: HealthListActions;
  readonly #again: vscode.QuickInputButton;
  #lines = new Map<HealthLine['step'], HealthLine>();
  #abort = new AbortController();
  /** A question or a field of ours takes its place, so its going is no end. */
  #away = false;

  constructor(title: Text, actions: HealthListActions) {
    this.#actions = actions;
    this.#again = { iconPath: new vscode.ThemeIcon('refresh'), tooltip: text`Check Again` };
    this.#picker = createPick<Item>();
    this.#picker.title = title;
    this.#picker.ignoreFocusOut = true;
    this.#picker.keepScrollPosition = true;
    this.#picker.buttons = [this.#again];
    this.#picker.onDidTriggerButton(() => void this.#check());
    this.#picker.onDidTriggerItemButton(({ item }) => void this.#act(item.line));
    this.#picker.onDidAccept(() => {
      const [chosen] = this.#picker.activeItems;
      if (chosen) void this.#act(chosen.line);
    });
    this.#picker.onDidHide(() => {
      if (this.#away) return;
      this.#abort.abort();
      this.#picker.dispose();
    });
  }

  show(): void {
    this.#picker.show();
    void this.#check();
  }

  tell(line: HealthLine): void {
    this.#lines.set(line.step, line);
    this.#paint();
  }

  /** The check itself failed: the steps that are not known stay so. */
  fail(message: string): void {
    for (const step of healthSteps) {
      const known = this.#lines.get(step);
      if (!known || known.state === 'checking')
        this.#lines.set(step, { step, state: 'unknown', text: message });
    }
    this.#paint();
  }

  async #check(): Promise<void> {
    this.#abort.abort();
    const abort = new AbortController();
    this.#abort = abort;
    this.#lines = new Map(healthSteps.map((step) => [step, { step, state: 'checking', text: '' }]));
    this.#picker.busy = true;
    this.#picker.placeholder = text`Checking… (Escape to cancel)`;
    this.#paint();
    await this.#actions.check(abort.signal);
    if (abort.signal.aborted) return;
    this.#picker.busy = false;
    this.#picker.placeholder = summaryWords([...this.#lines.values()]);
  }

  async #act({ action }: HealthLine): Promise<void> {
    if (!action) return;
    if (action === 'again') return this.#check();
    this.#away = true;
    this.#picker.hide();
    try {
      const again = await this.#actions.act(action);
      if (!again) return;
      this.#away = false;
      this.show();
    } finally {
      if (this.#away) {
        this.#abort.abort();
        this.#picker.dispose();
      }
    }
  }

  #paint(): void {
    const active = this.#picker.activeItems[0]?.line.step;
    const items = healthSteps.flatMap((step) => {
      const line = this.#lines.get(step);
      return line ? [itemOf(line)] : [];
    });
    this.#picker.items = items;
    this.#picker.activeItems = items.filter(({ line }) => line.step === active);
  }
}

function itemOf(line: HealthLine): Item {
  const { icon, color } = stateLooks[line.state];
  const action = line.action ? actionLooks[line.action] : undefined;
  return {
    line,
    label: plain(stepNames[line.step]),
    description: plain(lineWords(line)),
    detail: plain(line.text || ' '),
    alwaysShow: true,
    iconPath: color ? new vscode.ThemeIcon(icon, new vscode.ThemeColor(color)) : new vscode.ThemeIcon(icon),
    ...(action ? { buttons: [{ iconPath: new vscode.ThemeIcon(action.icon), tooltip: action.title }] } : {}),
  };
}
