import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { ContentOf } from '../../answerMessages.ts';
import type { Post } from './headView.ts';

type Node = ContentOf<'markdown'>['parts'][number]['nodes'][number];

/** Markdown from elements that are known here; whatever else an answer holds stays text. */
export function markdownView({ parts }: ContentOf<'markdown'>, post: Post): TemplateResult {
  return html`${parts.map(
    ({ title, nodes }) =>
      html`<article class="markdown" aria-label=${title}>
        ${parts.length > 1 ? html`<p class="source">${title}</p>` : nothing}
        ${nodes.map((node) => nodeView(node, post))}
      </article>`,
  )}`;
}

function nodeView(node: Node, post: Post): TemplateResult | string {
  if (typeof node === 'string') return node;
  const inner = node.children.map((child) => nodeView(child, post));
  const { href } = node;
  switch (node.tag) {
    // The panel has its own headings above these.
    case 'h1':
    case 'h2':
      return html`<h3>${inner}</h3>`;
    case 'h3':
    case 'h4':
    case 'h5':
    case 'h6':
      return html`<h4>${inner}</h4>`;
    case 'p':
      return html`<p>${inner}</p>`;
    case 'ul':
      return html`<ul>
        ${inner}
      </ul>`;
    case 'ol':
      return html`<ol>
        ${inner}
      </ol>`;
    case 'li':
      return html`<li>${inner}</li>`;
    case 'blockquote':
      return html`<blockquote>${inner}</blockquote>`;
    case 'pre':
      return html`<pre class="code" tabindex="0">${inner}</pre>`;
    case 'code':
      return html`<code>${inner}</code>`;
    case 'em':
      return html`<em>${inner}</em>`;
    case 'strong':
      return html`<strong>${inner}</strong>`;
    case 's':
      return html`<s>${inner}</s>`;
    case 'table':
      return html`<div class="scroll" tabindex="0" role="region" aria-label="Table">
        <table>
          ${inner}
        </table>
      </div>`;
    case 'thead':
      return html`<thead>
        ${inner}
      </thead>`;
    case 'tbody':
      return html`<tbody>
        ${inner}
      </tbody>`;
    case 'tr':
      return html`<tr>
        ${inner}
      </tr>`;
    case 'th':
      return html`<th scope="col">${inner}</th>`;
    case 'td':
      return html`<td>${inner}</td>`;
    case 'br':
      return html`<br />`;
    case 'hr':
      return html`<hr />`;
    case 'a':
      return href === undefined ? html`${inner}` : link(href, inner, post);
    default:
      return html`${inner}`;
  }
}

/** The host opens it, after the editor has asked whether the place is trusted. */
function link(href: string, inner: unknown, post: Post): TemplateResult {
  const open = (event: Event) => {
    event.preventDefault();
    event.stopPropagation();
    post({ type: 'answer/openLink', url: href });
  };
  return html`<a href=${href} title=${href} @click=${open}>${inner}</a>`;
}
