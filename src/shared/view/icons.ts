/**
 * The icons of `vscode-icon` with the style sheet in the bundle. By itself each icon would load it as a file of its own,
 * and be empty until it has come. The font is named by the page, as shadow roots cannot name one.
 */
import codicons from '@vscode/codicons/dist/codicon.css';
import { VscodeIcon } from '@vscode-elements/elements/dist/vscode-icon/vscode-icon.js';
import { unsafeCSS } from 'lit';

VscodeIcon.elementStyles.push(unsafeCSS(codicons));
