import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import type { Address } from "viem";
import type { ContestView } from "#protocol/http.ts";
import { useConfig } from "../config/useConfig.ts";
import { formatCoins } from "../contest/measure.ts";
import { keys } from "../data/keys.ts";
import type { useSend } from "../transactions/useSend.ts";
import { words } from "../words/words.ts";
import { HumanityWay } from "./HumanityWay.tsx";
import { ProofWay } from "./ProofWay.tsx";
import { AskAgain, Asking } from "./verifyStates.tsx";

const MemberWay = lazy(() => import("./MemberWay.tsx").then(({ MemberWay: way }) => ({ default: way })));

/** What each way of becoming a person is given. */
export type WayProps = {
  readonly contest: ContestView;
  readonly wallet: Address;
  readonly busy: boolean;
  readonly send: ReturnType<typeof useSend>["send"];
};

/** Makes the connected wallet a person of the contest, in the way that its adapter asks for. */
export function BecomePerson(props: WayProps) {
  const { contest } = props;
  const { entryCap, personCap } = contest.rules;
  return (
    <section className="verify sheet" id="verify" aria-labelledby="verify-title">
      <h2 id="verify-title">{words.verify.title}</h2>
      <p className="small">{words.verify.proves(formatCoins(contest, entryCap), formatCoins(contest, personCap))}</p>
      <Way {...props} />
    </section>
  );
}

function Way(props: WayProps) {
  const config = useConfig();
  const { personhood } = props.contest.rules;
  const issuer = config.demo?.credentialUrl ?? null;
  const adapter = useQuery({
    queryKey: keys.adapter(personhood),
    enabled: issuer === null,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async () => {
      const { readAdapter } = await import("./readAdapter.ts");
      return readAdapter(config, personhood);
    },
  });
  if (issuer !== null) return <ProofWay {...props} issuer={issuer} />;
  if (adapter.isError) return <AskAgain what={words.verify.adapterSilent} onRetry={() => void adapter.refetch()} />;
  if (adapter.data === undefined) return <Asking what={words.verify.askingAdapter} />;
  if (adapter.data.kind === "humanity") return <HumanityWay {...props} />;
  if (adapter.data.kind === "typed") return <ProofWay {...props} issuer={null} />;
  return (
    <Suspense fallback={<Asking what={words.verify.askingAdapter} />}>
      <MemberWay {...props} group={adapter.data} />
    </Suspense>
  );
}
