import { putAt, removeAt, setAt } from '../../../../shared/json/jsonEdit.ts';
import type { JsonNode, JsonPath } from '../../../../shared/json/jsonText.ts';
import { nodeAt, parseJson, valueAt } from '../../../../shared/json/jsonText.ts';
import type { FormField } from '../../../../shared/schema/formField.ts';
import type { Editing } from './editing.ts';

/** The values of a form's fields: read from the text of the body, and written there at their place alone. */
export class FormValues {
  readonly #editing: Editing;
  readonly #text: string;
  readonly #node: JsonNode | undefined;
  readonly #value: unknown;

  /** @param text a body that is valid JSON, or empty */
  constructor(editing: Editing, text: string) {
    this.#editing = editing;
    this.#text = text;
    const parsed = parseJson(text);
    this.#node = parsed.ok ? parsed.root : undefined;
    this.#value = parsed.ok ? parsed.value : undefined;
  }

  /** Names of the members of the whole, also of those that no field shows. */
  members(): string[] {
    return this.#node?.kind === 'object' ? this.#node.members.map(({ name }) => name) : [];
  }

  at(path: JsonPath): unknown {
    return valueAt(this.#value, path);
  }

  /** The value as it is written in the body. */
  source(path: JsonPath): string {
    const node = this.#node && nodeAt(this.#node, path);
    return node ? this.#text.slice(node.start, node.end) : '';
  }

  putText(field: FormField, text: string): void {
    if (text !== '') this.set(field.path, text);
    else this.#empty(field, '');
  }

  /** A text that is no number stays as it is typed, so that the message stands beside it. */
  putNumber(field: FormField, text: string): void {
    if (text === '') this.#empty(field, undefined);
    else if (/^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(text)) this.putLiteral(field, text);
    else this.set(field.path, text);
  }

  putLiteral(field: FormField, literal: string): void {
    if (literal === '') this.remove(field.path);
    else this.#put(putAt(this.#text, field.path, literal));
  }

  putJson({ path }: FormField, text: string): void {
    const key = JSON.stringify(path);
    const isValid = text.trim() === '' || parseJson(text).ok;
    if (isValid) this.#editing.unfinished.delete(key);
    else this.#editing.unfinished.set(key, text);
    if (!isValid) this.#editing.repaint();
    else if (text.trim() === '') this.remove(path);
    else this.#put(putAt(this.#text, path, text.trim()));
  }

  /** An optional value that is emptied is not sent; a required one is sent as what comes nearest. */
  #empty(field: FormField, nothingButRequired: unknown): void {
    const isItem = typeof field.path.at(-1) === 'number';
    if (!field.required && !isItem && field.path.length > 0) this.remove(field.path);
    else if (field.nullable) this.set(field.path, null);
    else if (nothingButRequired === undefined && !isItem) this.remove(field.path);
    else this.set(field.path, nothingButRequired ?? '');
  }

  set(path: JsonPath, value: unknown): void {
    this.#put(setAt(this.#text, path, value));
  }

  remove(path: JsonPath): void {
    this.#put(removeAt(this.#text, path));
  }

  #put(text: string | undefined): void {
    const { draft } = this.#editing;
    if (text === undefined || draft.body.kind !== 'text') return;
    this.#editing.change({ ...draft, body: { ...draft.body, text } });
  }
}
