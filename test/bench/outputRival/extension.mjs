/** The log viewer that anybody would write first: what the CLI prints, in an output channel. */
import { spawn } from 'node:child_process';
import * as vscode from 'vscode';

export function activate({ subscriptions }) {
  const channel = vscode.window.createOutputChannel('Rival');
  let child;
  const toggle = () => {
    if (child) {
      child.kill();
      child = undefined;
      return;
    }
    // Else Python keeps lines for a pipe until some thousand characters are together.
    const env = { ...process.env, PYTHONUNBUFFERED: '1' };
    child = spawn('modal', ['app', 'logs', '-f', 'ticker'], { env });
    child.on('error', ({ message }) => channel.appendLine(message));
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8');
      stream.on('data', (text) => channel.append(text));
    }
    channel.show(true);
  };
  subscriptions.push(vscode.commands.registerCommand('outputRival.toggle', toggle), channel, {
    dispose: () => child?.kill(),
  });
}
