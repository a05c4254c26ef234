import * as vscode from 'vscode';
import type { DeployError } from '../../deploy/deployer.ts';

/** Failed deploys in the Problems view, at the line of the user's file; gone at the next deploy of that script. */
export class DeployProblems implements vscode.Disposable {
  readonly #diagnostics = vscode.languages.createDiagnosticCollection('modal');
  readonly #byScript = new Map<string, vscode.Uri[]>();

  clear(script: string): void {
    for (const uri of this.#byScript.get(script) ?? []) this.#diagnostics.delete(uri);
    this.#byScript.delete(script);
  }

  /** @param command what failed, as the user knows it */
  show(script: string, error: DeployError, command = 'modal deploy'): void {
    this.clear(script);
    const frame = error.frames.at(-1);
    if (!frame) return;
    const uri = vscode.Uri.file(frame.file);
    const line = Math.max(0, frame.line - 1);
    const diagnostic = new vscode.Diagnostic(
      new vscode.Range(line, 0, line, Number.MAX_SAFE_INTEGER),
      error.message,
      vscode.DiagnosticSeverity.Error,
    );
    diagnostic.source = command;
    this.#diagnostics.set(uri, [diagnostic]);
    this.#byScript.set(script, [uri]);
  }

  dispose(): void {
    this.#diagnostics.dispose();
  }
}
