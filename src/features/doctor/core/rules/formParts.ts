import type { Rewrite } from './form.ts';

export const units = ['app.function', 'app.cls'];
export const withArgument = (argument: string, callees: readonly string[] = units) =>
  callees.map((callee) => `${callee}(${argument}=)`);
export const rename = (to: string): Rewrite => ({ kind: 'rename', to });

export const inFunction = (argument: string, value: string) => `import modal

app = modal.App("example")


@app.function(${argument}=${value})
def f():
    pass
`;

export const inImage = (chain: string) => `import modal

image = modal.Image.debian_slim()${chain}
`;
