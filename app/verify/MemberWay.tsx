import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { shortMessageOf } from "#protocol/errors.ts";
import { personScope } from "#protocol/typedData.ts";
import { useConfig } from "../config/useConfig.ts";
import { keys } from "../data/keys.ts";
import { CopyButton } from "../parts/CopyButton.tsx";
import { shorten } from "../parts/shorten.ts";
import { bindPerson } from "../transactions/bindPerson.ts";
import { words } from "../words/words.ts";
import type { WayProps } from "./BecomePerson.tsx";
import { joinGroup } from "./joinGroup.ts";
import { type KeptIdentity, keepIdentity, readIdentity } from "./keptIdentity.ts";
import { makeSecret } from "./makeSecret.ts";
import { commitmentOf, proveMembership } from "./prover.ts";
import type { Adapter } from "./readAdapter.ts";
import { readMembers } from "./readMembers.ts";
import { AskAgain, Asking } from "./verifyStates.tsx";

type Group = Extract<Adapter, { kind: "semaphore" }>;

/** By a zero-knowledge proof: an identity made in this browser, a place in a group, a proof that shows neither. */
export function MemberWay({ contest, wallet, busy, send, group }: WayProps & { readonly group: Group }) {
  const config = useConfig();
  const said = words.verify.member;
  const [identity, setIdentity] = useState(readIdentity);
  const [doing, setDoing] = useState<string | null>(null);
  const [error, setError] = useState<string | null>(null);
  const memberUrl = config.demo?.memberUrl ?? null;
  const members = useQuery({
    queryKey: keys.group(group.semaphore, group.groupId),
    queryFn: () => readMembers(config, group),
  });

  const act = async (what: string, work: () => Promise<unknown>) => {
    setError(null);
    setDoing(what);
    try {
      await work();
    } catch (failure) {
      setError(shortMessageOf(failure));
    } finally {
      setDoing(null);
    }
  };
  const makeIdentity = async (): Promise<KeptIdentity> => {
    const secret = makeSecret();
    const made = { secret, commitment: await commitmentOf(secret) };
    keepIdentity(made);
    setIdentity(made);
    return made;
  };
  const join = (url: string) =>
    act(said.joining, async () => {
      const { commitment } = identity ?? (await makeIdentity());
      await joinGroup(url, commitment);
      await members.refetch({ throwOnError: true });
    });
  const prove = ({ secret }: KeptIdentity) =>
    act(said.proving, async () => {
      // Read anew: somebody may have joined since, and only the newest root never runs out.
      const proof = await proveMembership({
        secret,
        members: await readMembers(config, group),
        message: BigInt(wallet),
        scope: BigInt(personScope(config.chainId, contest.address)),
      });
      setDoing(null);
      await send(bindPerson(contest, proof));
    });

  if (members.isError) return <AskAgain what={said.groupSilent} onRetry={() => void members.refetch()} />;
  if (members.data === undefined) return <Asking what={said.readingGroup} />;
  const isMember = identity !== null && members.data.includes(BigInt(identity.commitment));
  const waits = busy || doing !== null;
  const count = members.data.filter((leaf) => leaf !== 0n).length;
  return (
    <>
      <p className="small quiet">{said.how(count, shorten(group.admin))}</p>
      {identity === null ? null : <Identity identity={identity} isMember={isMember} />}
      {isMember ? (
        <button
          type="button"
          className="btn"
          disabled={waits}
          data-testid="verify-submit"
          onClick={() => void prove(identity)}
        >
          {said.prove}
        </button>
      ) : memberUrl !== null ? (
        <>
          <p className="small quiet">{said.demoAdmin}</p>
          <button
            type="button"
            className="btn"
            disabled={waits}
            data-testid="verify-join"
            onClick={() => void join(memberUrl)}
          >
            {said.join}
          </button>
        </>
      ) : identity === null ? (
        <button
          type="button"
          className="btn"
          disabled={waits}
          data-testid="verify-identity"
          onClick={() => void act(said.joining, makeIdentity)}
        >
          {said.make}
        </button>
      ) : (
        <button type="button" className="btn" disabled={waits} onClick={() => void members.refetch()}>
          {said.lookAgain}
        </button>
      )}
      {doing === null ? null : <Asking what={doing} />}
      {error === null ? null : (
        <p className="verify-error" role="alert">
          {error}
        </p>
      )}
    </>
  );
}

function Identity({ identity, isMember }: { readonly identity: KeptIdentity; readonly isMember: boolean }) {
  const said = words.verify.member;
  return (
    <dl className="verify-identity small" data-testid="verify-identity-kept" data-member={isMember}>
      <dt>{said.commitment}</dt>
      <dd>
        <span className="mono">{shorten(identity.commitment)}</span>{" "}
        <CopyButton value={identity.commitment} label={said.commitment} />
        <span className="quiet">{isMember ? said.isIn : said.isOut}</span>
      </dd>
      <dt>{said.secret}</dt>
      <dd>
        <span className="quiet">{said.secretNote}</span> <CopyButton value={identity.secret} label={said.secret} />
      </dd>
    </dl>
  );
}
