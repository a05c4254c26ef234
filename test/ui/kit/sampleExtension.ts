import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createVSIX } from '@vscode/vsce';

const manifest = {
  name: 'kit-sample',
  displayName: 'Kit Sample',
  publisher: 'kit',
  version: '0.0.1',
  license: 'Apache-2.0',
  engines: { vscode: '^1.105.0' },
  main: './main.js',
  extensionKind: ['workspace'],
  contributes: {
    viewsContainers: {
      activitybar: [{ id: 'kitSample', title: 'Kit Sample', icon: 'icon.svg' }],
      panel: [{ id: 'kitPanel', title: 'Kit Panel', icon: 'icon.svg' }],
    },
    views: {
      kitSample: [{ id: 'kit.fruit', name: 'Fruit' }],
      kitPanel: [{ id: 'kit.web', name: 'Kit Log', type: 'webview' }],
    },
    commands: [
      { command: 'kit.peel', title: 'Peel Fruit', icon: '$(play)' },
      { command: 'kit.eat', title: 'Eat Fruit', category: 'Kit' },
      { command: 'kit.pick', title: 'Pick Colour', category: 'Kit' },
    ],
    menus: {
      'view/item/context': [
        { command: 'kit.peel', when: 'view == kit.fruit', group: 'inline@1' },
        { command: 'kit.eat', when: 'view == kit.fruit', group: '1_eat@1' },
      ],
    },
  },
};

const icon =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><circle cx="12" cy="12" r="8"/></svg>';

/** The page has one flaw for axe to find: a picture without a text. */
const page = `<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:"><title>Log</title></head>
<body><main><h1>Log lines</h1><button>Clear</button><img src="data:image/gif;base64,R0lGODlhAQABAAAAACw="></main>
</body></html>`;

const main = `const vscode = require('vscode');
const say = (text, ...actions) => vscode.window.showInformationMessage(text, ...actions);
function row(label, children = []) {
  const item = new vscode.TreeItem(label, children.length > 0 ? 1 : 0);
  return Object.assign(item, { id: label, description: 'ripe', children,
    accessibilityInformation: { label: label + ', ripe' } });
}
async function eat() {
  const detail = 'It is gone afterwards.';
  const answer = await vscode.window.showWarningMessage('Eat the fruit?', { modal: true, detail }, 'Eat');
  void say('Answer: ' + answer);
}
async function pick() {
  const colour = await vscode.window.showQuickPick(['Red', 'Green'], { title: 'Colour' });
  const shade = await vscode.window.showInputBox({ title: 'Shade' });
  void say('Picked ' + colour + ' ' + shade);
}
exports.activate = ({ subscriptions }) => {
  const roots = [row('Apple', [row('Seed')]), row('Apple Pie')];
  const peel = async (item) => (await say('Peeled ' + item.label, 'Undo')) && say('Undone');
  const resolveWebviewView = ({ webview }) => {
    webview.options = { enableScripts: true };
    webview.html = ${JSON.stringify(page)};
  };
  subscriptions.push(
    vscode.window.registerTreeDataProvider('kit.fruit', {
      getTreeItem: (item) => item, getChildren: (item) => (item ? item.children : roots) }),
    vscode.window.registerWebviewViewProvider('kit.web', { resolveWebviewView }),
    vscode.commands.registerCommand('kit.peel', peel),
    vscode.commands.registerCommand('kit.eat', eat),
    vscode.commands.registerCommand('kit.pick', pick));
};
`;

/** Packs a small extension that has one of each thing the kit drives. @returns path of the package */
export async function packSampleExtension(folder: string): Promise<string> {
  const source = path.join(folder, 'sample');
  const packagePath = path.join(folder, 'sample.vsix');
  await mkdir(source, { recursive: true });
  const files = { 'package.json': JSON.stringify(manifest), 'main.js': main, 'icon.svg': icon };
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(source, name), text);
  await writeFile(path.join(source, 'README.md'), 'Sample for the self-check.');
  await createVSIX({
    cwd: source,
    packagePath,
    dependencies: false,
    allowMissingRepository: true,
    skipLicense: true,
  });
  return packagePath;
}
