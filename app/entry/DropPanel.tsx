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
import { GonePanel } from "./GonePanel.tsx";
import { Mouth } from "./Mouth.tsx";
import { makeOrder, makeTransaction } from "./makeAct.ts";
import { PreviewTable } from "./PreviewTable.tsx";
import "./drop.css";

type PanelProps = { readonly contest: ContestView; readonly entry: EntryView; readonly entries: readonly EntryView[] };

/**
 * Drop, take back, move: an amount, what it changes, and one button that repeats it. On an entry that takes no coins only
 * the ways out are left, and a note where nothing is to be taken out.
 */
export function DropPanel(props: PanelProps) {
  const { contest, entry } = props;
  const here = stakeOn(useVoter().data?.voter, entry.entryId);
  if (isLive(entry)) return <Panel {...props} first="3.00" />;
  if (here === 0n) return <GonePanel contest={contest} entry={entry} />;
  return <Panel key="gone" {...props} first={formatExact(here, contest.coin.decimals)} />;
}

/** `first`: what stands in the field at first. */
function Panel({ contest, entry, entries, first }: PanelProps & { readonly first: string }) {
  const config = useConfig();
  const wallet = useWallet();
  const phase = usePhase(contest);
  const now = useChainNow("second");
  const voter = useVoter().data?.voter;
  const balance = useBalance(contest.coin.address);
  const { send, order, steps, busy } = useSend(`drop:${contest.address}:${entry.entryId}`);
  const gone = !isLive(entry);
  const [act, setAct] = useState<Act>(gone ? "withdraw" : "drop");
  const [typed, setTyped] = useState(first);
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
    const back = next === act && !gone;
    setAct(back ? "drop" : next);
    setTyped(back || here === 0n ? "3.00" : formatExact(here, decimals));
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
    else setAct(gone ? "withdraw" : "drop");
    setTyped(gone ? "" : "3.00");
  };

  return (
    <>
      <section className="drop sheet" id="drop" aria-labelledby="drop-title">
        {gone ? null : <Mouth fell={fell} />}
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
          {entry.status === "challenged" || entry.status === "removed" ? <Challenged status={entry.status} /> : null}
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
              {effect(act, gone)}
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

/** Why coins are allowed here and what a ruling could change, or did. */
function Challenged({ status }: { readonly status: "challenged" | "removed" }) {
  const said = words.drop;
  return (
    <p className="drop-note small" role="note">
      {status === "challenged" ? said.challenged : said.gone.removed}{" "}
      <a href="#challenge">{status === "challenged" ? said.challengedWhy : said.gone.why}</a>
    </p>
  );
}

function effect(act: Act, gone: boolean): string {
  const said = gone ? words.drop.gone : words.drop;
  if (act === "drop") return words.drop.effect;
  return act === "withdraw" ? said.backEffect : said.moveEffect;
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
