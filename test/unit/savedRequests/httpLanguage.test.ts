/** Documents are checked when nobody waits for it. */
import { expect, it, vi } from 'vitest';
import type * as vscode from 'vscode';
import { silentLogger } from '../../../src/shared/logger.ts';
import { HttpLanguage } from '../../../src/features/savedRequests/ui/httpLanguage.ts';
import type { RequestMemory } from '../../../src/features/savedRequests/ui/requestMemory.ts';

const editor = vi.hoisted(() => ({
  listeners: [] as ((event: unknown) => void)[],
  documents: [] as unknown[],
}));
vi.mock('vscode', async () => {
  const { Emitter } = await import('../../../src/shared/emitter.ts');
  const nothing = () => ({ dispose: () => undefined });
  const listen = (listener: (event: unknown) => void) => {
    editor.listeners.push(listener);
    return nothing();
  };
  return {
    EventEmitter: Emitter,
    languages: {
      match: () => 1,
      registerCodeLensProvider: nothing,
      registerCompletionItemProvider: nothing,
      createDiagnosticCollection: () => ({
        set: () => undefined,
        delete: () => undefined,
        dispose: () => undefined,
      }),
    },
    workspace: {
      textDocuments: editor.documents,
      onDidOpenTextDocument: listen,
      onDidChangeTextDocument: listen,
      onDidSaveTextDocument: listen,
      onDidCloseTextDocument: nothing,
    },
  };
});

it('logs a check of a document that fails, and rejects nothing that nobody awaits', async () => {
  const rejected = vi.fn();
  process.on('unhandledRejection', rejected);
  const uri = { path: '/a/.env', toString: () => 'file:///a/.env' };
  const document = { uri, isClosed: false } as unknown as vscode.TextDocument;
  editor.documents.push(document);
  const logged: string[] = [];
  const logger = { ...silentLogger, error: (message: string) => void logged.push(message) };
  const help = { problems: () => Promise.reject(new RangeError('Maximum call stack size exceeded')) };
  const files = { onDidChangeEnvironment: () => ({ dispose: () => undefined }) };
  const memory = { load: () => Promise.resolve({ files, help }) } as unknown as RequestMemory;
  const language = new HttpLanguage(memory, logger);
  const [opened, changed, saved] = editor.listeners;
  opened!(document);
  changed!({ document });
  saved!(document);
  await vi.waitFor(() => expect(logged).toHaveLength(4));
  await new Promise((resolve) => setImmediate(resolve));
  process.off('unhandledRejection', rejected);
  expect(rejected).not.toHaveBeenCalled();
  expect(new Set(logged)).toEqual(new Set(['The problems of /a/.env were not found']));
  language.dispose();
});
