import { json } from '@codemirror/lang-json';
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { EditorState } from '@codemirror/state';
import { EditorView, keymap } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { basicSetup } from 'codemirror';
import type { JsonAssist } from './jsonAssist.ts';
import { jsonAssist, lintAgain } from './jsonAssist.ts';

/** Colours of JSON from the user's theme. */
const highlight = HighlightStyle.define([
  {
    tag: tags.propertyName,
    color: 'var(--vscode-symbolIcon-propertyForeground, var(--vscode-debugTokenExpression-name))',
  },
  { tag: tags.string, color: 'var(--vscode-debugTokenExpression-string)' },
  { tag: tags.number, color: 'var(--vscode-debugTokenExpression-number)' },
  { tag: [tags.bool, tags.null], color: 'var(--vscode-debugTokenExpression-boolean)' },
]);

const theme = EditorView.theme({
  '&': {
    height: '100%',
    color: 'var(--vscode-editor-foreground)',
    backgroundColor: 'var(--vscode-editor-background)',
    fontSize: 'var(--vscode-editor-font-size)',
  },
  '&.cm-focused': { outline: '1px solid var(--vscode-focusBorder)', outlineOffset: '-1px' },
  '.cm-content': {
    fontFamily: 'var(--vscode-editor-font-family)',
    caretColor: 'var(--vscode-editorCursor-foreground)',
  },
  '.cm-cursor': { borderLeftColor: 'var(--vscode-editorCursor-foreground)' },
  '.cm-gutters': {
    backgroundColor: 'var(--vscode-editor-background)',
    color: 'var(--vscode-editorLineNumber-foreground)',
    border: 'none',
  },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'transparent' },
  '&.cm-focused .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'var(--vscode-editor-selectionBackground) !important',
  },
  '.cm-tooltip': {
    color: 'var(--vscode-editorSuggestWidget-foreground, var(--vscode-editorWidget-foreground))',
    backgroundColor: 'var(--vscode-editorSuggestWidget-background, var(--vscode-editorWidget-background))',
    border: '1px solid var(--vscode-editorSuggestWidget-border, var(--vscode-editorWidget-border))',
    borderRadius: '3px',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': { fontFamily: 'var(--vscode-editor-font-family)' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]': {
    color: 'var(--vscode-editorSuggestWidget-selectedForeground, inherit)',
    backgroundColor: 'var(--vscode-editorSuggestWidget-selectedBackground)',
    outline: '1px solid var(--vscode-contrastActiveBorder, transparent)',
  },
  '.cm-completionDetail': { fontStyle: 'normal', opacity: '0.85' },
  '.cm-tooltip .hover': { padding: '4px 8px', maxWidth: '420px', whiteSpace: 'pre-line' },
  '.cm-diagnostic': { padding: '4px 8px', borderLeft: 'none' },
  '.cm-lintRange-error': {
    backgroundImage: 'none',
    textDecoration: 'underline wavy var(--vscode-editorError-foreground)',
  },
  '.cm-lintRange-warning': {
    backgroundImage: 'none',
    textDecoration: 'underline wavy var(--vscode-editorWarning-foreground)',
  },
  '.cm-foldPlaceholder': {
    backgroundColor: 'var(--vscode-badge-background)',
    color: 'var(--vscode-badge-foreground)',
    border: 'none',
  },
});

export interface JsonEditorOptions {
  readonly parent: HTMLElement;
  readonly root: Document | ShadowRoot;
  readonly nonce: string;
  readonly label: string;
  readonly readOnly: boolean;
  readonly onChange?: (text: string) => void;
  /** Completion, hover and problems. */
  readonly assist?: JsonAssist;
}

/** A CodeMirror editor for JSON, also read-only for answers. */
export class JsonEditor {
  readonly #view: EditorView;

  constructor(options: JsonEditorOptions) {
    this.#view = new EditorView({
      parent: options.parent,
      root: options.root,
      state: EditorState.create({
        extensions: [
          // Ctrl+Enter sends the request, so the editor must not take it.
          keymap.of([{ key: 'Mod-Enter', run: () => true, stopPropagation: false }]),
          basicSetup,
          json(),
          ...(options.assist ? [jsonAssist(options.assist)] : []),
          syntaxHighlighting(highlight),
          theme,
          EditorView.lineWrapping,
          EditorView.cspNonce.of(options.nonce),
          EditorView.contentAttributes.of({ 'aria-label': options.label }),
          EditorState.readOnly.of(options.readOnly),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) options.onChange?.(update.state.doc.toString());
          }),
        ],
      }),
    });
  }

  get text(): string {
    return this.#view.state.doc.toString();
  }

  setText(text: string): void {
    if (text === this.text) return;
    this.#view.dispatch({ changes: { from: 0, to: this.#view.state.doc.length, insert: text } });
  }

  /** Shows the problems anew. */
  lint(): void {
    lintAgain(this.#view);
  }

  focus(): void {
    this.#view.focus();
  }

  destroy(): void {
    this.#view.destroy();
  }
}
