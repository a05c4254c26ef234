/** Objects of an environment that code finds by name. */
export type ObjectKind = 'secret' | 'volume' | 'dict' | 'queue';
