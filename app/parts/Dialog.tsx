import { type ReactNode, useEffect, useId, useRef } from "react";
import { words } from "../words/words.ts";
import { Icon } from "./Icon.tsx";

type DialogProps = {
  readonly open: boolean;
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
};

/** A native modal dialog: the browser keeps the focus inside and Escape closes it. A sheet at the bottom on phones. */
export function Dialog({ open, title, onClose, children }: DialogProps) {
  const ref = useRef<HTMLDialogElement>(null);
  const titleId = useId();

  useEffect(() => {
    const dialog = ref.current;
    if (dialog === null) return;
    if (open && !dialog.open) dialog.showModal();
    if (!open && dialog.open) dialog.close();
  }, [open]);

  return (
    <dialog ref={ref} className="sheet-dialog" aria-labelledby={titleId} onClose={onClose}>
      <header>
        <h2 id={titleId}>{title}</h2>
        <button type="button" className="btn btn-small" aria-label={words.common.close} onClick={onClose}>
          <Icon name="close" />
        </button>
      </header>
      {open ? <div className="inner">{children}</div> : null}
    </dialog>
  );
}
