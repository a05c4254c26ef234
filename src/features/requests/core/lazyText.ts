/** The text of a larger answer is as large as its bytes, and would double what it takes while it is shown. */
const largestKept = 8 * 1024 * 1024;

/**
 * Text that is made when it is first read. A large one is held only as long as nobody else needs the memory, and made
 * again when it is wanted.
 * @param size of what it is made from, in bytes
 */
export function lazyText(size: number, make: () => string): () => string {
  let kept: string | undefined;
  let held: WeakRef<{ readonly text: string }> | undefined;
  return () => {
    if (size <= largestKept) return (kept ??= make());
    const known = held?.deref();
    if (known) return known.text;
    const made = { text: make() };
    held = new WeakRef(made);
    return made.text;
  };
}
