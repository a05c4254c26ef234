export interface Failure {
  readonly title: string;
  readonly error: string;
}

/** What the suite leaves in a file, because a browser window has no exit code. */
export interface SuiteResult {
  /** Which VS Code it ran in, as that says itself. */
  readonly editor: string;
  readonly passed: number;
  readonly failed: number;
  readonly failures: readonly Failure[];
}

/** Names the file to the suite, which runs inside the editor. */
export const resultsVariable = 'MODAL_GPU_TEST_RESULTS';

/** Says to the suite whether the extension is installed from a package. */
export const packagedVariable = 'MODAL_GPU_TEST_PACKAGED';
