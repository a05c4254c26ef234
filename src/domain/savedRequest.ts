/** A request of a `.http` file of the workspace, as far as a list shows it. */
export interface SavedRequest {
  readonly title: string;
  readonly method: string;
  readonly path: string;
  /** Of the endpoint that it goes to. */
  readonly origin: string;
  /** Of the file, and the offset of the request in it. */
  readonly uri: string;
  readonly at: number;
}
