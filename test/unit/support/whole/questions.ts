/** What the editor asks and shows: each is told in the transcript and answered by what the test has the user do. */
import { Emitter } from '../../../../src/shared/emitter.ts';
import type { Answer } from './transcript.ts';
import { nextAnswer, tell } from './transcript.ts';
import { QuickPickItemKind, Uri } from './types.ts';

interface Item {
  readonly label: string;
  readonly description?: string;
  readonly detail?: string;
  readonly kind?: number;
  readonly iconPath?: { readonly id?: string };
  readonly picked?: boolean;
}

const itemLine = ({ label, description, detail, kind, iconPath, picked }: Item): string =>
  kind === QuickPickItemKind.Separator
    ? `  -- ${label}`
    : `  ${picked ? '[x] ' : ''}${[`${iconPath?.id ? `(${iconPath.id}) ` : ''}${label}`, description, detail].filter(Boolean).join(' | ')}`;

const words = (...parts: readonly unknown[]) => parts.filter(Boolean).join(' · ');

/** Errors of a test, which no flow may catch: looked at when the transcript is taken. */
export const mistakes: string[] = [];

function find<T extends Item>(items: readonly T[], wanted: string): T | undefined {
  const labelled = items.filter(({ kind }) => kind !== QuickPickItemKind.Separator);
  const found =
    labelled.find(({ label }) => label === wanted) ?? labelled.find(({ label }) => label.includes(wanted));
  if (!found) mistakes.push(`There is no ${wanted} in: ${labelled.map(({ label }) => label).join(', ')}`);
  return found;
}

const message =
  (kind: string) =>
  (said: string, ...rest: readonly unknown[]): Promise<string | undefined> => {
    const detail = rest.find((each): each is { detail: string } => typeof each === 'object' && each !== null);
    const buttons = rest.filter((each) => typeof each === 'string');
    tell(`${kind}: ${said}`);
    if (detail) for (const line of detail.detail.split('\n')) tell(`  ${line}`);
    if (buttons.length === 0) return Promise.resolve(undefined);
    tell(`  [${buttons.join('] [')}]`);
    const answer = nextAnswer();
    if (typeof answer !== 'string') return Promise.resolve(undefined);
    if (!buttons.includes(answer)) mistakes.push(`There is no button ${answer} in: ${buttons.join(', ')}`);
    return Promise.resolve(answer);
  };

export const messages = {
  showErrorMessage: message('error'),
  showWarningMessage: message('warning'),
  showInformationMessage: message('information'),
  setStatusBarMessage: (said: string) => tell(`status: ${said}`),
};

interface PickOptions {
  readonly title?: string;
  readonly placeHolder?: string;
  readonly canPickMany?: boolean;
}

async function showQuickPick<T extends Item>(
  given: readonly T[] | PromiseLike<readonly T[]>,
  { title, placeHolder, canPickMany }: PickOptions,
): Promise<T | T[] | undefined> {
  const items = await given;
  tell(`list: ${words(title, placeHolder)}`);
  for (const item of items) tell(itemLine(item));
  const answer = nextAnswer();
  if (typeof answer === 'string') return find(items, answer);
  if (canPickMany && Array.isArray(answer))
    return (answer as string[]).flatMap((each) => find(items, each) ?? []);
  return undefined;
}

interface InputOptions {
  readonly title?: string;
  readonly prompt?: string;
  readonly placeHolder?: string;
  readonly value?: string;
  readonly password?: boolean;
  validateInput?(value: string): string | undefined;
}

function showInputBox(options: InputOptions): Promise<string | undefined> {
  const { title, prompt, placeHolder, value, password } = options;
  tell(`input: ${words(title, prompt, placeHolder, password && 'hidden', value && `"${value}"`)}`);
  for (;;) {
    const answer = nextAnswer();
    if (typeof answer !== 'string') return Promise.resolve(undefined);
    const problem = options.validateInput?.(answer);
    if (!problem) return Promise.resolve(answer);
    tell(`  ${problem}`);
  }
}

const dialog =
  (kind: string) =>
  ({ title, openLabel, defaultUri, filters }: Record<string, unknown>): Promise<Uri | undefined> => {
    const names = filters ? Object.keys(filters).join(', ') : '';
    tell(`${kind}: ${words(title, openLabel, defaultUri instanceof Uri && defaultUri.path, names)}`);
    const answer = nextAnswer();
    return Promise.resolve(typeof answer === 'string' ? Uri.file(answer) : undefined);
  };

export const dialogs = {
  showQuickPick,
  showInputBox,
  showSaveDialog: dialog('save'),
  showOpenDialog: async (options: Record<string, unknown>) => {
    const chosen = await dialog('open')(options);
    return chosen && [chosen];
  },
};

/** What list and field have in common: they stay open until the user accepts or leaves. */
class Open {
  title: string | undefined;
  placeholder: string | undefined;
  value = '';
  busy = false;
  enabled = true;
  ignoreFocusOut = false;
  step: number | undefined;
  totalSteps: number | undefined;
  buttons: readonly { readonly tooltip?: string }[] = [];
  validationMessage: string | undefined;
  readonly accepts = new Emitter<void>();
  readonly hides = new Emitter<void>();
  readonly changes = new Emitter<string>();
  readonly presses = new Emitter<unknown>();
  readonly onDidAccept = this.accepts.event;
  readonly onDidHide = this.hides.event;
  readonly onDidChangeValue = this.changes.event;
  readonly onDidTriggerButton = this.presses.event;
  #isShown = false;

  get isShown(): boolean {
    return this.#isShown;
  }

  show(): void {
    if (this.#isShown) return;
    this.#isShown = true;
    tell(...this.look());
    this.#act();
  }

  /** The user acts a little later, when everything that waits for nothing is there, and again while it stays open. */
  #act(): void {
    const answer = nextAnswer();
    setImmediate(() => void this.#does(answer));
  }

  async #does(answer: Answer): Promise<void> {
    if (typeof answer === 'function') await (answer as (shown: this) => unknown)(this);
    else if (typeof answer === 'string') this.take(answer);
    else this.hide();
    if (!this.#isShown) return;
    if (this.validationMessage) tell(`  ${this.validationMessage}`);
    this.#act();
  }

  look(): string[] {
    return [];
  }

  take(answer: string): void {
    this.value = answer;
    this.accepts.fire();
  }

  type(value: string): void {
    this.value = value;
    this.changes.fire(value);
  }

  press(tooltip: string): void {
    const button = this.buttons.find((each) => each.tooltip === tooltip);
    if (button) this.presses.fire(button);
    else mistakes.push(`There is no button ${tooltip}`);
  }

  hide(): void {
    if (!this.#isShown) return;
    this.#isShown = false;
    this.hides.fire();
  }

  dispose(): void {
    this.hide();
  }
}

export class OpenList extends Open {
  items: readonly Item[] = [];
  activeItems: readonly Item[] = [];
  selectedItems: readonly Item[] = [];
  canSelectMany = false;
  matchOnDescription = false;
  matchOnDetail = false;
  keepScrollPosition = false;
  readonly selections = new Emitter<readonly Item[]>();
  readonly activations = new Emitter<readonly Item[]>();
  readonly itemPresses = new Emitter<unknown>();
  readonly onDidChangeSelection = this.selections.event;
  readonly onDidChangeActive = this.activations.event;
  readonly onDidTriggerItemButton = this.itemPresses.event;

  override look(): string[] {
    return [`list: ${words(this.title, this.placeholder)}\n${this.lines().join('\n')}`];
  }

  lines(): string[] {
    return this.items.map((item) =>
      itemLine({ ...item, picked: this.selectedItems.some((each) => each === item) }),
    );
  }

  mark(label: string): void {
    this.activeItems = [find(this.items, label)].flatMap((each) => each ?? []);
    this.activations.fire(this.activeItems);
  }

  /** Ticks these and nothing else. */
  tick(...labels: readonly string[]): void {
    this.selectedItems = labels.flatMap((label) => find(this.items, label) ?? []);
    this.selections.fire(this.selectedItems);
  }

  override take(answer: string): void {
    this.mark(answer);
    this.selectedItems = this.activeItems;
    this.selections.fire(this.selectedItems);
    this.accepts.fire();
  }

  pressOn(label: string, tooltip: string): void {
    const item = find(this.items, label) as
      (Item & { buttons?: readonly { tooltip?: string }[] }) | undefined;
    const button = item?.buttons?.find((each) => each.tooltip === tooltip);
    if (button) this.itemPresses.fire({ item, button });
    else mistakes.push(`There is no button ${tooltip} of ${label}`);
  }
}

export class OpenInput extends Open {
  prompt: string | undefined;
  password = false;

  override look(): string[] {
    const { title, prompt, placeholder, password, value } = this;
    return [`input: ${words(title, prompt, placeholder, password && 'hidden', value && `"${value}"`)}`];
  }
}
