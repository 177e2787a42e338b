export type WasherKind = "plain" | "proven" | "yours" | "ink" | "late" | "off" | "turning";

/** The one shape. Decoration for the word beside it, so hidden from screen readers. */
export function Washer({ kind = "plain" }: { readonly kind?: WasherKind }) {
  return <i className={kind === "plain" ? "washer" : `washer washer-${kind}`} aria-hidden="true" />;
}
