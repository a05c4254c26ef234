import * as vscode from 'vscode';
import type { SourceProblem } from '../core/problems.ts';

const severities = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
} as const;

interface Complaint {
  readonly problems: readonly SourceProblem[];
  /** As the user knows it, e.g. `modal deploy`. */
  readonly command: string;
}

/** What the CLI complained of, in the Problems view at the lines of the user's files; gone at the script's next run. */
export class DeployProblems implements vscode.Disposable {
  readonly #diagnostics = vscode.languages.createDiagnosticCollection('modal');
  readonly #byScript = new Map<string, Complaint>();

  clear(script: string): void {
    this.show(script, []);
  }

  /** Replaces what the last command with this script complained of. */
  show(script: string, problems: readonly SourceProblem[], command = 'modal deploy'): void {
    const before = this.#byScript.get(script)?.problems ?? [];
    if (problems.length > 0) this.#byScript.set(script, { problems, command });
    else this.#byScript.delete(script);
    const files = new Set([...before, ...problems].map(({ file }) => file));
    for (const file of files) this.#paint(file);
  }

  dispose(): void {
    this.#diagnostics.dispose();
  }

  /** Two scripts may complain of the same helper file. */
  #paint(file: string): void {
    const diagnostics = [...this.#byScript.values()].flatMap(({ problems, command }) =>
      problems.filter((problem) => problem.file === file).map((problem) => toDiagnostic(problem, command)),
    );
    this.#diagnostics.set(vscode.Uri.file(file), diagnostics);
  }
}

function toDiagnostic({ line, message, severity }: SourceProblem, command: string): vscode.Diagnostic {
  const at = Math.max(0, line - 1);
  const range = new vscode.Range(at, 0, at, Number.MAX_SAFE_INTEGER);
  const diagnostic = new vscode.Diagnostic(range, message, severities[severity]);
  diagnostic.source = command;
  return diagnostic;
}
