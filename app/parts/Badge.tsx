import type { ReactNode } from "react";
import { Washer, type WasherKind } from "./Washer.tsx";

type BadgeProps = {
  readonly tone?: "plain" | "proven" | "yours" | "warn" | "bad";
  readonly washer?: WasherKind;
  readonly children: ReactNode;
};

/** A short fact in a tinted box. */
export function Badge({ tone = "plain", washer, children }: BadgeProps) {
  return (
    <span className={tone === "plain" ? "badge" : `badge badge-${tone}`}>
      {washer === undefined ? null : <Washer kind={washer} />}
      {children}
    </span>
  );
}
