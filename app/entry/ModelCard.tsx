import type { EntryView } from "#protocol/http.ts";
import type { From } from "../data/queries.ts";
import { CopyButton } from "../parts/CopyButton.tsx";
import { localMoment } from "../parts/when.ts";
import { words } from "../words/words.ts";

/** What was entered: facts from the manifest, and the three hashes whole. */
export function ModelCard({ entry, from }: { readonly entry: EntryView; readonly from: From }) {
  const said = words.entry;
  const manifest = entry.manifest.state === "present" ? entry.manifest.manifest : null;
  const facts: readonly (readonly [string, string])[] = [
    ...(manifest === null
      ? []
      : ([
          [said.parameters, manifest.parameters.toLocaleString("en-GB")],
          [said.quantization, manifest.quantization],
        ] as const)),
    [said.file, said.bytes(entry.modelSize.toLocaleString("en-GB"))],
    ...(manifest === null
      ? []
      : ([
          [said.context, said.tokens(manifest.contextLength.toLocaleString("en-GB"))],
          [
            said.base,
            manifest.baseModel === undefined
              ? said.scratch
              : `${manifest.baseModel.name} (${manifest.baseModel.license})`,
          ],
          [said.licence, manifest.license],
          [said.team, manifest.team],
          [said.funding, manifest.funding],
        ] as const)),
  ];
  const hashes: readonly (readonly [string, string])[] = [
    [said.sha256, entry.modelSha256.slice(2)],
    [said.root, entry.modelRoot.slice(2)],
    [said.manifest, entry.manifestHash.slice(2)],
    [said.author, entry.author],
  ];
  return (
    <section className="pane sheet entry-later" aria-labelledby="card-title">
      <header>
        <h2 id="card-title">{said.cardTitle}</h2>
        {from === "indexer" ? (
          <p className="pane-end">{said.cardNote(localMoment(entry.submittedAt.timestamp))}</p>
        ) : null}
      </header>
      <dl className="facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
        {hashes.map(([name, value]) => (
          <div key={name} className="facts-hash">
            <dt>{name}</dt>
            <dd>
              <span>{/^0*$/.test(value) ? words.common.notKnown : value}</span>
              <CopyButton value={value} label={name} />
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
