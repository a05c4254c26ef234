/** The tab that a key leads to, counted from 0; undefined when the key does not move. */
export function tabAfter(name: string, count: number, at: number): number | undefined {
  if (count === 0) return undefined;
  switch (name) {
    case 'ArrowRight':
      return (at + 1) % count;
    case 'ArrowLeft':
      return (at - 1 + count) % count;
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return undefined;
  }
}
