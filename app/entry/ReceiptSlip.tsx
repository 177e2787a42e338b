import { useState } from "react";
import type { ContestView, EntryView } from "#protocol/http.ts";
import { useConfig } from "../config/useConfig.ts";
import { CopyButton } from "../parts/CopyButton.tsx";
import { Dialog } from "../parts/Dialog.tsx";
import { Icon } from "../parts/Icon.tsx";
import { shorten } from "../parts/shorten.ts";
import { Washer } from "../parts/Washer.tsx";
import { words } from "../words/words.ts";
import { type ReceiptCheck, receiptChecks } from "./receiptChecks.ts";
import { receiptFile } from "./receiptFile.ts";
import { Seal } from "./Seal.tsx";
import { nodeName } from "./servingNodes.ts";
import type { Proof, Turn } from "./useChat.ts";

type SlipProps = { readonly turn: Turn; readonly contest: ContestView; readonly entry: EntryView };

/** Figures first, then the sentence, then the stamp. The stamp comes only when every check in this browser passed, by the chain. */
export function ReceiptSlip({ turn, entry }: SlipProps) {
  const { figures, proof, node } = turn;
  const said = words.chat;
  const named = node === null ? said.noNode : nodeName(node);
  const checked = proof?.state === "checked" ? proof : null;
  return (
    <div
      className="slip"
      data-testid="receipt"
      data-state={proof?.state ?? "none"}
      data-holds={checked?.verified.holds ?? false}
      data-by={checked?.verified.by}
    >
      <dl>
        <Figure name={said.first} value={figures === null ? "–" : String(Math.round(figures.firstMs))} unit={said.ms} />
        <Figure
          name={said.speed}
          value={figures?.perSecond == null ? "–" : figures.perSecond.toFixed(1)}
          unit={said.perSecond}
        />
        <Figure name={said.length} value={figures?.tokens == null ? "–" : String(figures.tokens)} unit={said.tokens} />
      </dl>
      {checked === null ? (
        <Unchecked proof={proof} />
      ) : checked.verified.holds && checked.verified.by === "indexer" ? (
        <p className="proof">
          <b>{said.indexerOnly}</b> {said.indexerOnlyText} <Checks proof={checked} />
        </p>
      ) : checked.verified.holds ? (
        <>
          <p className="proof">
            <b className="proven">{said.signedBy(named)}</b>{" "}
            <span className="mono">{shorten(node?.address ?? "")}</span>. {said.proofText}{" "}
            <span className="mono">{shorten(entry.modelSha256.slice(2), 8)}</span>. <Checks proof={checked} />
          </p>
          <Seal hour={checked.bundle.receipt.epoch} />
          <p className="proof" data-testid="seal-limit">
            {said.sealLimit}
          </p>
        </>
      ) : (
        <>
          <p className="proof-bad" role="alert">
            <Icon name="cross" />
            <span>
              {said.badReceipt(named)} {failures(checked).join(". ")}.
            </span>
          </p>
          <p className="proof">
            <Checks proof={checked} />
          </p>
        </>
      )}
    </div>
  );
}

function Figure({ name, value, unit }: { readonly name: string; readonly value: string; readonly unit: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd className="figure">
        {value}
        <span className="unit">{unit}</span>
      </dd>
    </div>
  );
}

function Unchecked({ proof }: { readonly proof: Proof | null }) {
  if (proof === null || proof.state === "checking") {
    return (
      <p className="proof row">
        <Washer kind="turning" />
        {words.chat.checking}
      </p>
    );
  }
  return (
    <p className="proof-bad">
      <Icon name="cross" />
      <span>{proof.state === "missing" ? words.chat.noReceipt : words.chat.badShape}</span>
    </p>
  );
}

type Checked = Extract<Proof, { state: "checked" }>;

function failures({ verified }: Checked): readonly string[] {
  return receiptChecks
    .filter((check: ReceiptCheck) => !verified.passed[check])
    .map((check) => words.chat.checks[check].bad);
}

function Checks({ proof }: { readonly proof: Checked }) {
  const [open, setOpen] = useState(false);
  const { bundle, verified } = proof;
  const file = receiptFile(useConfig(), bundle);
  return (
    <>
      <button type="button" className="link" aria-haspopup="dialog" onClick={() => setOpen(true)}>
        {words.chat.checkReceipt}
      </button>
      <Dialog open={open} title={words.chat.receiptTitle} onClose={() => setOpen(false)}>
        <ul className="checks">
          {receiptChecks.map((check) => {
            const passed = verified.passed[check];
            const hearsay = passed && check === "signature" && verified.by === "indexer";
            return (
              <li key={check}>
                <Washer kind={passed && !hearsay ? "proven" : "off"} />
                <span>{hearsay ? words.chat.indexerKey : words.chat.checks[check][passed ? "ok" : "bad"]}</span>
              </li>
            );
          })}
        </ul>
        <p className="small quiet">{words.chat.receiptNote}</p>
        <p className="row small">
          <span className="mono">{shorten(bundle.signature, 10)}</span>
          <CopyButton value={JSON.stringify(bundle, null, 2)} label={words.chat.receipt} />
          <a className="btn btn-small" href={file.href} download={file.name}>
            {words.chat.saveReceipt}
          </a>
        </p>
      </Dialog>
    </>
  );
}
