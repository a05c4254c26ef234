import tseslint from 'typescript-eslint';
import house from './scripts/houseArrows.mjs';

const noHtml = {
  selector:
    ':matches(MemberExpression > Identifier.property, ImportSpecifier > Identifier.imported)[name=/^(innerHTML|outerHTML|insertAdjacentHTML|setHTMLUnsafe|parseHTMLUnsafe|createContextualFragment|srcdoc|unsafe(HTML|SVG|MathML|Static))$/]',
  message: 'Text goes in as text nodes.',
};

/** What draws links or icons from a string, or shows words of others. `editor/shown/` has each with words that are safe. */
const showing =
  '/^(?:show(?:Error|Warning|Information)Message|show(?:QuickPick|InputBox|OpenDialog|SaveDialog)|create(?:QuickPick|InputBox|StatusBarItem|Terminal|TreeView|WebviewPanel)|withProgress|setStatusBarMessage)$/';
const shownClasses = '/^(?:MarkdownString|CodeLens|CompletionItem|DocumentSymbol|Hover|InlayHint|Task)$/';
const gateway =
  'Use what editor/shown/ has: there every word is a Text, so no link and no icon of others comes in.';
const onlyText = [
  { selector: `MemberExpression[property.name=${showing}]`, message: gateway },
  { selector: `MemberExpression[property.value=${showing}]`, message: gateway },
  { selector: `ObjectPattern > Property[key.name=${showing}]`, message: gateway },
  { selector: `NewExpression[callee.property.name=${shownClasses}]`, message: gateway },
  { selector: `NewExpression[callee.name=${shownClasses}]`, message: gateway },
  { selector: `ImportSpecifier[imported.name=${shownClasses}]`, message: gateway },
  {
    selector: 'TSAsExpression > TSTypeReference[typeName.name=/^(?:Text|Markup|Markdown)$/]',
    message: 'Only domain/text.ts makes texts that are shown: text`…` or plain(words).',
  },
];

export default tseslint.config(
  { ignores: ['dist/**', 'out/**', 'node_modules/**', 'test/ui/shots/**'] },
  ...tseslint.configs.strictTypeChecked,
  ...tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // Types of modules that are loaded lazily are named by `typeof import('…')`.
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/non-nullable-type-assertion-style': 'off',
      // The SDK keeps its enums to itself; `wire.ts` has their numbers.
      '@typescript-eslint/no-unsafe-enum-assignment': 'off',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidOperator: true },
      ],
      // An empty string is as good as a missing one in most of what the server sends.
      '@typescript-eslint/prefer-nullish-coalescing': [
        'error',
        { ignorePrimitives: { string: true, boolean: true } },
      ],
      'no-restricted-syntax': ['error', noHtml],
      'max-lines': ['error', { max: 450, skipBlankLines: true, skipComments: true }],
      eqeqeq: 'error',
    },
  },
  { files: ['src/**/*.ts'], rules: { 'no-console': 'error' } },
  {
    files: ['src/**/*.ts'],
    ignores: ['src/editor/shown/*.ts', 'src/shared/text.ts'],
    rules: { 'no-restricted-syntax': ['error', noHtml, ...onlyText] },
  },
  {
    files: ['src/**/*.ts'],
    ignores: ['src/editor/openAddress.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        ...['openExternal', 'asExternalUri'].map((property) => ({
          property,
          message: 'Addresses are checked and opened in editor/openAddress.ts.',
        })),
      ],
    },
  },
  { files: ['src/**/*.ts'], plugins: { house }, rules: { 'house/arrows': 'error' } },
  { files: ['**/*.mjs'], extends: [tseslint.configs.disableTypeChecked] },
  {
    files: ['test/**/*.ts', 'scripts/**/*.ts', '*.ts'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unnecessary-condition': 'off',
    },
  },
);
