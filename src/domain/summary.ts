/** What the Summary tab shows of an answer: data, so that a new app needs no new view. */
export type SummaryBlock =
  | { readonly kind: 'cards'; readonly items: readonly { readonly label: string; readonly value: string }[] }
  | { readonly kind: 'text'; readonly title: string; readonly text: string }
  | {
      readonly kind: 'table';
      readonly title: string;
      readonly columns: readonly string[];
      readonly rows: readonly (readonly string[])[];
      /** Rows that were left out. */
      readonly more: number;
    };
