import { useConfig } from "../config/useConfig.ts";
import { useNetwork } from "../data/network.ts";
import { CopyButton } from "../parts/CopyButton.tsx";
import { useTitle } from "../shell/useTitle.ts";
import { words } from "../words/words.ts";
import "./audit.css";

/** How to count again without this site. */
export function AuditScreen() {
  const config = useConfig();
  const { head } = useNetwork();
  const said = words.audit;
  useTitle(said.title);
  const contest = config.contests[0] ?? "0x…";
  const command = `npm run audit -- --rpc ${config.rpcUrl} --contest ${contest} --indexer ${config.indexerUrl}`;
  return (
    <div className="wrap page">
      <div className="page-head">
        <h1>{said.title}</h1>
        <p>{said.lede}</p>
      </div>
      <div className="audit">
        <section className="sheet note">
          <h2>{said.how}</h2>
          <ol>
            <li>{said.step1}</li>
            <li>
              {said.step2}
              <span className="audit-command">
                <code>{command}</code>
                <CopyButton value={command} label={said.command} />
              </span>
            </li>
            <li>{said.step3}</li>
          </ol>
          <p>{said.codes}</p>
        </section>
        <section className="sheet note">
          <h2>{said.what}</h2>
          <p>{said.shows}</p>
          <p>{said.showsNot}</p>
          <p>{said.later}</p>
          {head === null ? null : <p className="faint">{said.trueAt(head.number.toLocaleString("en-GB"))}</p>}
        </section>
      </div>
    </div>
  );
}
