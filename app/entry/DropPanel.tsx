import { useState } from "react";
import type { ContestView, EntryView } from "#protocol/http.ts";
import { modeOf } from "#protocol/rules.ts";
import { useConfig } from "../config/useConfig.ts";
import { entryName, formatCoins } from "../contest/measure.ts";
import { isLive, stakeOn, usePhase, useVoter } from "../contest/useContest.ts";
import { useChainNow } from "../data/clock.ts";
import { formatExact, parseAmount } from "../parts/amount.ts";
import { Icon } from "../parts/Icon.tsx";
import { Washer } from "../parts/Washer.tsx";
import { localMoment } from "../parts/when.ts";
import { GaslessChoice } from "../transactions/GaslessChoice.tsx";
import { StepsCard } from "../transactions/StepsCard.tsx";
import { useGasless } from "../transactions/useGasless.ts";
import { useBalance, useSend } from "../transactions/useSend.ts";
import { WaitingOrder } from "../transactions/WaitingOrder.tsx";
import { openConnect, switchChain } from "../wallet/walletDoor.ts";
import { useWallet } from "../wallet/walletStore.ts";
import { words } from "../words/words.ts";
import { AmountField } from "./AmountField.tsx";
import { type Act, dropGate } from "./dropGate.ts";
import { previewChange } from "./dropPreview.ts";
import { Mouth } from "./Mouth.tsx";
import { PreviewTable } from "./PreviewTable.tsx";
import "./drop.css";

type PanelProps = { readonly contest: ContestView; readonly entry: EntryView; readonly entries: readonly EntryView[] };

/** Drop, take back, move: an amount, what it changes, and one button that repeats it. */
export function DropPanel({ contest, entry, entries }: PanelProps) {
  const config = useConfig();
  const wallet = useWallet();
  const phase = usePhase(contest);
  const now = useChainNow("second");
  const voter = useVoter().data?.voter;
  const balance = useBalance(contest.coin.address);
  const { send, order, steps, busy } = useSend(`drop:${contest.address}:${entry.entryId}`);
  const [act, setAct] = useState<Act>("drop");
  const [typed, setTyped] = useState("3.00");
  const [target, setTarget] = useState<number | null>(null);
  const [fell, setFell] = useState(0);
  const [gasless, setGasless] = useGasless();

  const { symbol, decimals } = contest.coin;
  const name = entryName(entry);
  const here = stakeOn(voter, entry.entryId);
  const amount = typed.trim() === "" ? undefined : parseAmount(typed, decimals);
  const wei = typeof amount === "bigint" ? amount : 0n;
  const change = act === "drop" ? wei : -wei;
  const preview = previewChange({ contest, entry, voter, change, now });
  const targets = entries.filter((other) => other.entryId !== entry.entryId && isLive(other));
  const targetEntry = targets.find(({ entryId }) => entryId === target);
  const counts = modeOf(contest.rules) === "open" || voter?.nullifier != null;
  const gate = dropGate({
    act,
    phase,
    live: isLive(entry),
    connected: wallet.status === "connected",
    rightChain: wallet.chainId === config.chainId,
    chain: config.chainName,
    symbol,
    amount,
    balance,
    here,
    room: counts ? (preview.room?.before ?? null) : null,
    cap: formatCoins(contest, contest.rules.entryCap),
    target: targetEntry === undefined ? null : entryName(targetEntry),
    busy,
    votesOpen: localMoment(contest.rules.votesOpen),
    format: (wei) => formatExact(wei, decimals),
  });

  const choose = (next: Act) => {
    setAct(next === act ? "drop" : next);
    setTyped(next === act || here === 0n ? "3.00" : formatExact(here, decimals));
  };

  const submit = async () => {
    if (gate.state === "connect") return openConnect();
    if (gate.state === "switch") return switchChain();
    if (gate.state !== "ready" || typeof amount !== "bigint") return;
    const what = { contest, entryId: entry.entryId, entry: name, amount };
    if (config.relayUrl !== null && gasless && act !== "move") {
      const outcome = await order(await makeOrder(act, what));
      if (outcome === "refused") setGasless(false);
      if (outcome !== "done") return;
    } else {
      const made = await makeTransaction(act, what, targetEntry);
      if (made === null || !(await send(made))) return;
    }
    if (act === "drop") setFell((times) => times + 1);
    else setAct("drop");
    setTyped("3.00");
  };

  return (
    <>
      <section className="drop sheet" id="drop" aria-labelledby="drop-title">
        <Mouth fell={fell} />
        <form
          className="drop-form"
          onSubmit={(event) => {
            event.preventDefault();
            void submit();
          }}
        >
          <div>
            <h2 id="drop-title">{title(act, name)}</h2>
            <p className="drop-held small quiet" data-testid="drop-held">
              {held({ connected: wallet.status === "connected", balance, here, contest, chain: config.chainName })}
            </p>
          </div>
          <AmountField
            act={act}
            contest={contest}
            typed={typed}
            onType={setTyped}
            limit={act === "drop" ? least(balance, counts ? preview.room?.before : undefined) : here}
            error={gate.state === "blocked" ? gate.error : null}
          />
          {act === "move" ? <TargetField targets={targets} target={target} onChoose={setTarget} /> : null}
          <PreviewTable contest={contest} entry={entry} name={name} preview={preview} counted={counts} now={now} />
          <p className="promise">
            <Washer kind="yours" />
            <span>
              {act === "withdraw" ? null : <b className="strong">{words.drop.effectB}</b>}
              {act === "withdraw" ? words.drop.backEffect : act === "move" ? words.drop.moveEffect : words.drop.effect}
            </span>
          </p>
          {config.relayUrl === null || act === "move" ? null : (
            <GaslessChoice relay={config.relayUrl} chosen={gasless} onChoose={setGasless} />
          )}
          <button
            type="submit"
            className={gate.state === "switch" ? "btn btn-big" : "btn btn-grip btn-big"}
            aria-disabled={gate.state === "blocked"}
            data-testid="drop-submit"
          >
            {busy ? <Washer kind="turning" /> : null}
            {gate.label}
          </button>
          <p className="small quiet centre">{words.drop.forever}</p>
        </form>
        <div className="drop-foot">
          <button
            type="button"
            className="btn btn-bare"
            aria-pressed={act === "withdraw"}
            onClick={() => choose("withdraw")}
            data-testid="take-back"
          >
            <Icon name="back" />
            {words.drop.takeBack}
          </button>
          <button
            type="button"
            className="btn btn-bare"
            aria-pressed={act === "move"}
            onClick={() => choose("move")}
            data-testid="move"
          >
            <Icon name="move" />
            {words.drop.move}
          </button>
        </div>
      </section>
      <StepsCard steps={steps} />
      <WaitingOrder steps={steps} />
    </>
  );
}

type What = {
  readonly contest: ContestView;
  readonly entryId: number;
  readonly entry: string;
  readonly amount: bigint;
};

/** Transactions know the ABIs, which are heavy: they come with the first one. */
async function makeTransaction(act: Act, what: What, target: EntryView | undefined) {
  if (act === "drop") return (await import("../transactions/dropCoins.ts")).dropCoins(what);
  if (act === "withdraw") return (await import("../transactions/withdrawCoins.ts")).withdrawCoins(what);
  if (target === undefined) return null;
  return (await import("../transactions/moveCoins.ts")).moveCoins({
    ...what,
    toEntryId: target.entryId,
    toEntry: entryName(target),
  });
}

/** As transactions do, orders come with the first one. */
async function makeOrder(act: "drop" | "withdraw", what: What) {
  return act === "drop"
    ? (await import("../transactions/orderDrop.ts")).orderDrop(what)
    : (await import("../transactions/orderWithdraw.ts")).orderWithdraw(what);
}

type TargetProps = {
  readonly targets: readonly EntryView[];
  readonly target: number | null;
  readonly onChoose: (id: number | null) => void;
};

function TargetField({ targets, target, onChoose }: TargetProps) {
  return (
    <div className="field">
      <label htmlFor="move-target">{words.drop.moveTo}</label>
      <select
        className="in"
        id="move-target"
        value={target ?? ""}
        onChange={(event) => onChoose(event.target.value === "" ? null : Number(event.target.value))}
      >
        <option value="">{words.drop.chooseEntry}</option>
        {targets.map((other) => (
          <option key={other.entryId} value={other.entryId}>
            {entryName(other)}
          </option>
        ))}
      </select>
    </div>
  );
}

function title(act: Act, name: string): string {
  if (act === "withdraw") return words.drop.titleBack(name);
  if (act === "move") return words.drop.titleMove(name);
  return words.drop.title(name);
}

type Held = {
  readonly connected: boolean;
  readonly balance: bigint | undefined;
  readonly here: bigint;
  readonly contest: ContestView;
  readonly chain: string;
};

function held({ connected, balance, here, contest, chain }: Held): string {
  const { symbol, decimals } = contest.coin;
  if (!connected) return words.drop.connectFirst;
  if (balance === undefined) return words.drop.holdAsk(chain);
  const written = formatExact(balance, decimals);
  return here === 0n
    ? words.drop.hold(written, symbol, chain)
    : words.drop.holdHere(written, symbol, chain, formatExact(here, decimals));
}

function least(a: bigint | undefined, b: bigint | undefined): bigint | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a < b ? a : b;
}
