import * as vscode from 'vscode';
import { rulePage } from '../core/rulePage.ts';
import { rules, surroundingRules } from '../core/rules.ts';

const scheme = 'modal-gpu-rule';

/** Where the page of a rule is opened from its code. */
export const pageOf = (code: string) => vscode.Uri.from({ scheme, path: `/${code}.md` });

/** Pages of the rules, as read-only documents. */
export class RulePages implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #registration = vscode.workspace.registerTextDocumentContentProvider(scheme, this);

  provideTextDocumentContent({ path }: vscode.Uri): string {
    const rule = [...rules, ...surroundingRules].find(({ code }) => path === `/${code}.md`);
    return rule ? rulePage(rule) : 'There is no such rule.\n';
  }

  dispose(): void {
    this.#registration.dispose();
  }
}
