/** How grave a finding is: it fails now, it fails with a newer `modal`, it is only old, or it is a hint about money or safety. */
export type Severity = 'error' | 'warning' | 'information' | 'hint';

/** Releases of `modal` in which a form changed what it does. */
export interface History {
  /** What replaces it exists since then; before, there is nothing to say. */
  readonly replacedIn?: string;
  readonly warnsSince?: string;
  /** `always` for what never worked in a release that was tried. */
  readonly failsSince?: string;
  /** Accepted since then without a word, and without effect. */
  readonly ignoredSince?: string;
  /** A release that has been announced to refuse it. */
  readonly failsFrom?: string;
  /** Read without a word, and refused by the server when the app is deployed; no local `modal` can show it. */
  readonly refusedByServer?: true;
  /** Nothing is wrong: it costs money or trust. */
  readonly hint?: true;
}

/** What a rule says. Its code is shown beside each finding and names its page. */
export interface Rule {
  readonly code: string;
  /** Begins the message and is followed by what the release does with it: `modal.Stub`. */
  readonly what: string;
  /** The sentence that follows: what to do instead. */
  readonly advice: string;
  readonly history: History;
  /** A whole file in which the rule finds something, and one that looks alike and is right. */
  readonly examples: { readonly hit: string; readonly miss: string };
}

export interface Edit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

export interface Fix {
  /** Words of the action: `Use modal.App`. */
  readonly title: string;
  readonly edits: readonly Edit[];
}

/** One place in a file. Offsets are UTF-16 units from its beginning. */
export interface Finding {
  readonly code: string;
  readonly from: number;
  readonly to: number;
  readonly severity: Severity;
  readonly message: string;
  /** Drawn struck through. */
  readonly deprecated?: true;
  readonly fix?: Fix;
}
