/** A `modal.Secret.from_name("…")`. */
export interface SecretValue {
  readonly secret: string;
}

/** What an expression is without running it; undefined = only running it would tell. */
export type Value = string | number | boolean | null | SecretValue | readonly Value[] | undefined;
