let put: ((text: string) => void) | null = null;

/** Speaks a sentence through the page's live region. */
export function announce(text: string): void {
  put?.(text);
}

/** Called once by the live region itself. Returns the way to let go. */
export function attachAnnouncer(listener: (text: string) => void): () => void {
  put = listener;
  return () => {
    put = null;
  };
}
