/** The stages of `modal deploy`, read from its output lines. */

export type DeployStage = 'check' | 'image' | 'upload' | 'functions' | 'publish' | 'done';

export const stageWords: Readonly<Record<DeployStage, string>> = {
  check: 'checking',
  image: 'building image',
  upload: 'uploading files',
  functions: 'creating functions',
  publish: 'publishing',
  done: 'deployed',
};

const order: readonly DeployStage[] = ['check', 'image', 'upload', 'functions', 'publish', 'done'];

/** What each line of the CLI announces. The first that matches counts. */
const signs: readonly (readonly [RegExp, DeployStage])[] = [
  [/^✓ App deployed in|^✓ Deployment skipped/, 'done'],
  [/^✓ Created objects/, 'publish'],
  [/Created (?:web )?function /i, 'functions'],
  [/(?:Created mount|Uploaded) /, 'upload'],
  [/^Building image |^=> Step |^Built image /, 'image'],
];

/** @returns the stage after this line; stages never go back, as rows come in the order of completion */
export function nextStage(stage: DeployStage, line: string): DeployStage {
  const announced = signs.find(([sign]) => sign.test(line.trimStart()))?.[1];
  if (!announced) return stage;
  return order.indexOf(announced) > order.indexOf(stage) ? announced : stage;
}
