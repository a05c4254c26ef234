import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, it } from 'mocha';
import * as vscode from 'vscode';

const longIdle = `import modal

app = modal.App("idle")
stub = modal.Stub("old")


@app.function(gpu="A100", scaledown_window=1200)
def work():
    pass
`;

function workspaceFile(name: string, text: string): vscode.Uri {
  const folder = vscode.workspace.workspaceFolders?.[0];
  assert.ok(folder);
  const file = path.join(folder.uri.fsPath, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
  return vscode.Uri.file(file);
}

/** Codes of what is marked, once there is something. */
async function marks(uri: vscode.Uri): Promise<string[]> {
  for (let at = 0; at < 200; at++) {
    const found = vscode.languages.getDiagnostics(uri).filter(({ source }) => source === 'Modal');
    if (found.length > 0)
      return found.map(({ code }) => String(typeof code === 'object' ? code.value : code)).sort();
    await sleep(100);
  }
  return [];
}

const python = { id: 'python', metadata: {}, outputs: [], execution_count: null };
const cell = (source: string) => ({ ...python, cell_type: 'code', source });

describe('findings in Modal code', () => {
  it('have hints in a file of its own, and only what fails in a test', async () => {
    const own = workspaceFile('idle.py', longIdle);
    const tests = workspaceFile('tests/test_idle.py', longIdle);
    await vscode.window.showTextDocument(own);
    const inOwn = await marks(own);
    assert.ok(inOwn.includes('idle-window') && inOwn.length > 1, inOwn.join(', '));
    await vscode.window.showTextDocument(tests);
    const inTests = await marks(tests);
    assert.ok(inTests.length > 0 && !inTests.includes('idle-window'), inTests.join(', '));
  });

  it('stand in the cell of a notebook that they are about, with names of the cells before', async () => {
    const notebook = {
      cells: [
        cell('%pip install modal\nimport modal\napp = modal.App("cells")'),
        cell('stub = modal.Stub("old")'),
      ],
      metadata: { language_info: { name: 'python' } },
      ...{ nbformat: 4, nbformat_minor: 5 },
    };
    const uri = workspaceFile('cells.ipynb', JSON.stringify(notebook));
    await vscode.window.showNotebookDocument(await vscode.workspace.openNotebookDocument(uri));
    const shown = vscode.workspace.notebookDocuments.find((each) => each.uri.fsPath === uri.fsPath);
    const [first, second] = (shown?.getCells() ?? []).map(({ document }) => document.uri);
    assert.ok(first && second);
    assert.deepEqual(await marks(second), ['stub']);
    assert.deepEqual(vscode.languages.getDiagnostics(first), []);
  });
});
