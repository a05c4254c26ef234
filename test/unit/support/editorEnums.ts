/** Numbers of the editor that modules read while they load, for those of `vscode` in a test. */
export const TreeItemCollapsibleState = { None: 0, Collapsed: 1, Expanded: 2 };
export const SymbolKind = { Object: 18, Function: 11, Event: 23 };
export const DiagnosticSeverity = { Error: 0, Warning: 1, Information: 2, Hint: 3 };
