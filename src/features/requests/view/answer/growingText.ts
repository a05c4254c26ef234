import { Directive, directive } from 'lit/directive.js';

/** A text node that grows at its end: text that is put anew would be measured and broken into lines from its begin. */
class GrowingText extends Directive {
  readonly #node = document.createTextNode('');

  render(text: string): Text {
    const { data, length } = this.#node;
    if (text.length >= length && text.startsWith(data)) this.#node.appendData(text.slice(length));
    else this.#node.data = text;
    return this.#node;
  }
}

/** Draws text of which, most of the time, only more comes. */
export const growingText = directive(GrowingText);
