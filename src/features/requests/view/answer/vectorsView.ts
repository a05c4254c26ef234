import { html, nothing, svg } from 'lit';
import type { TemplateResult } from 'lit';
import type { ContentOf } from '../../answerMessages.ts';
import { option } from '../option.ts';
import type { Post } from './headView.ts';
import { formatCount } from '../../../../shared/format.ts';

type Shown = ContentOf<'vectors'>;
const width = 192;
const height = 28;

/** Embeddings: size, length, first values and outline of each, and how alike two are. */
export function vectorsView(content: Shown, post: Post): TemplateResult {
  return html`${content.others.length > 1 ? compareView(content, post) : nothing}
    <div class="scroll" tabindex="0" role="region" aria-label="Vectors">
      <table>
        <thead>
          <tr>
            <th scope="col">Vector</th>
            <th scope="col">Dimensions</th>
            <th scope="col">Norm</th>
            <th scope="col">Outline</th>
            <th scope="col">First values</th>
          </tr>
        </thead>
        <tbody>
          ${content.vectors.map(
            ({ label, dimensions, norm, outline, first }) =>
              html`<tr>
                <th scope="row">${label}</th>
                <td>${formatCount(dimensions)}</td>
                <td>${norm.toFixed(4)}</td>
                <td>${sparkline(outline)}</td>
                <td class="numbers">${first.join('  ')} …</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
}

function compareView({ vectors, others, pair }: Shown, post: Post): TemplateResult {
  const choose = (changes: Partial<{ a: number; b: number }>) =>
    post({ type: 'answer/compare', a: pair.a, b: pair.b, ...changes });
  const value = pair.cosine;
  return html`<div class="tools compare">
    <span>Cosine of</span>
    ${picker(
      'First vector',
      vectors.map(({ label }) => label),
      pair.a,
      (a) => choose({ a }),
    )}
    <span>and</span>
    ${picker('Second vector', others, pair.b, (b) => choose({ b }))}
    <output role="status"
      >${value === undefined ? 'not defined: other dimensions, or a zero vector' : `= ${value.toFixed(4)}`}</output
    >
  </div>`;
}

function picker(
  name: string,
  labels: readonly string[],
  selected: number,
  choose: (index: number) => void,
): TemplateResult {
  return html`<select
    aria-label=${name}
    @change=${(event: Event) => choose(Number((event.target as HTMLSelectElement).value))}
  >
    ${labels.map((label, index) => option(index, label, index === selected))}
  </select>`;
}

function sparkline(values: readonly number[]): TemplateResult {
  const largest = Math.max(...values.map(Math.abs)) || 1;
  const points = values.map((value, index) => {
    const x = (index / Math.max(1, values.length - 1)) * width;
    const y = height / 2 - (value / largest) * (height / 2 - 1);
    return `${x.toFixed(1)},${y.toFixed(1)}`;
  });
  return html`<svg
    class="spark"
    viewBox="0 0 ${width} ${height}"
    width=${width}
    height=${height}
    aria-hidden="true"
  >
    ${svg`<line x1="0" x2=${width} y1=${height / 2} y2=${height / 2}></line><polyline points=${points.join(' ')}></polyline>`}
  </svg>`;
}
