import { plain } from '../shared/text.ts';

/** What a page is made of. Files are our own; all else may hold words of others. */
export interface PageParts {
  /** The custom element that fills the page. */
  readonly element: `modal-${string}`;
  /** Name of the page, for screen readers; may hold the name of an app. */
  readonly title: string;
  /** Told to the element as its `data-…` attributes. */
  readonly data: Readonly<Record<string, string>>;
  /** Differs in each page. */
  readonly nonce: string;
  /** Text of the bundle that defines the element. */
  readonly script: string;
  /** The icons' font in base64. */
  readonly font: string;
}

/**
 * Nothing but what carries the nonce runs or styles, and nothing is loaded, sent or left for. The first two lines cover
 * frames, objects, workers and connections; forms and the address that links begin at must be named.
 */
function policyOf(nonce: string): string {
  return [
    `default-src 'none'`,
    `script-src 'nonce-${nonce}'`,
    // Lit and CodeMirror use constructed style sheets and, where those cannot serve, style elements with this nonce.
    `style-src 'nonce-${nonce}'`,
    `img-src data:`,
    `font-src data:`,
    `form-action 'none'`,
    `base-uri 'none'`,
  ].join('; ');
}

/** The page in which an element of ours stands; no value can become markup. */
export function webviewPage({ element, title, data, nonce, script, font }: PageParts): string {
  const name = escaped(plain(title));
  const attributes = Object.entries({ nonce, ...data })
    .map(([key, value]) => `data-${key}="${escaped(value)}"`)
    .join(' ');
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policyOf(nonce)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<style nonce="${nonce}" id="vscode-codicon-stylesheet">@font-face { font-family: codicon; font-display: block; src: url("data:font/ttf;base64,${font}"); }
body { padding: 0; }
h1 { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }</style>
<title>${name}</title>
</head>
<body>
<main>
<h1>${name}</h1>
<${element} ${attributes}></${element}>
</main>
<script nonce="${nonce}">${script}</script>
</body>
</html>`;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** As a text, or as the value of an attribute in quotes. */
function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (letter) => entities[letter] ?? '');
}
