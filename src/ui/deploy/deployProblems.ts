import * as vscode from 'vscode';
import type { SourceProblem } from '../../deploy/problems.ts';

const severities = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
} as const;

/** What a deploy complained of, in the Problems view at the lines of the user's files; gone at the script's next deploy. */
export class DeployProblems implements vscode.Disposable {
  readonly #diagnostics = vscode.languages.createDiagnosticCollection('modal');
  readonly #byScript = new Map<string, readonly SourceProblem[]>();

  clear(script: string): void {
    this.show(script, []);
  }

  /** Replaces what the last deploy of this script complained of. */
  show(script: string, problems: readonly SourceProblem[]): void {
    const before = this.#byScript.get(script) ?? [];
    if (problems.length > 0) this.#byScript.set(script, problems);
    else this.#byScript.delete(script);
    const files = new Set([...before, ...problems].map(({ file }) => file));
    for (const file of files) this.#paint(file);
  }

  dispose(): void {
    this.#diagnostics.dispose();
  }

  /** Two scripts may complain of the same helper file. */
  #paint(file: string): void {
    const problems = [...this.#byScript.values()].flat().filter((problem) => problem.file === file);
    this.#diagnostics.set(vscode.Uri.file(file), problems.map(toDiagnostic));
  }
}

function toDiagnostic({ line, message, severity }: SourceProblem): vscode.Diagnostic {
  const at = Math.max(0, line - 1);
  const range = new vscode.Range(at, 0, at, Number.MAX_SAFE_INTEGER);
  const diagnostic = new vscode.Diagnostic(range, message, severities[severity]);
  diagnostic.source = 'modal deploy';
  return diagnostic;
}
