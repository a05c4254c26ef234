import * as vscode from 'vscode';
import { editsOfAll } from '../core/applyFixes.ts';
import type { Edit, Finding } from '../core/rule.ts';

const fixAllKind = vscode.CodeActionKind.SourceFixAll.append('modalGpu');

/** Quick fixes, and all fixes of a file at once, also when it is saved. */
export class DoctorFixes implements vscode.CodeActionProvider, vscode.Disposable {
  readonly #findings: (document: vscode.TextDocument) => Promise<readonly Finding[]>;
  readonly #registration: vscode.Disposable;

  constructor(findings: (document: vscode.TextDocument) => Promise<readonly Finding[]>) {
    this.#findings = findings;
    this.#registration = vscode.languages.registerCodeActionsProvider({ language: 'python' }, this, {
      providedCodeActionKinds: [vscode.CodeActionKind.QuickFix, fixAllKind],
    });
  }

  async provideCodeActions(
    document: vscode.TextDocument,
    range: vscode.Range,
    context: vscode.CodeActionContext,
  ): Promise<vscode.CodeAction[]> {
    const findings = await this.#findings(document);
    if (context.only && fixAllKind.contains(context.only)) return fixAll(document, findings, fixAllKind);
    if (context.only && !context.only.intersects(vscode.CodeActionKind.QuickFix)) {
      return context.only.intersects(fixAllKind) ? fixAll(document, findings, fixAllKind) : [];
    }
    const here = findings.filter(({ from, to }) => rangeOf({ from, to }, document).intersection(range));
    const quick = here.flatMap((finding) => quickFix(document, finding, context.diagnostics));
    return quick.length > 0 ? [...quick, ...fixAll(document, findings, vscode.CodeActionKind.QuickFix)] : [];
  }

  dispose(): void {
    this.#registration.dispose();
  }
}

function quickFix(
  document: vscode.TextDocument,
  finding: Finding,
  diagnostics: readonly vscode.Diagnostic[],
): vscode.CodeAction[] {
  if (!finding.fix) return [];
  const action = new vscode.CodeAction(finding.fix.title, vscode.CodeActionKind.QuickFix);
  action.edit = editOf(document, finding.fix.edits);
  action.isPreferred = true;
  const start = document.positionAt(finding.from);
  action.diagnostics = diagnostics.filter(
    (mark) => mark.source === 'Modal' && mark.range.start.isEqual(start),
  );
  return [action];
}

function fixAll(
  document: vscode.TextDocument,
  findings: readonly Finding[],
  kind: vscode.CodeActionKind,
): vscode.CodeAction[] {
  const edits = editsOfAll(findings);
  if (edits.length === 0) return [];
  const action = new vscode.CodeAction('Fix all outdated Modal code in this file', kind);
  action.edit = editOf(document, edits);
  return [action];
}

function editOf(document: vscode.TextDocument, edits: readonly Edit[]): vscode.WorkspaceEdit {
  const edit = new vscode.WorkspaceEdit();
  for (const { from, to, text } of edits) edit.replace(document.uri, rangeOf({ from, to }, document), text);
  return edit;
}

export function rangeOf(
  { from, to }: { readonly from: number; readonly to: number },
  document: vscode.TextDocument,
): vscode.Range {
  return new vscode.Range(document.positionAt(from), document.positionAt(to));
}
