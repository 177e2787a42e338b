/** A change of a Semaphore group, as its events tell it. */
export type GroupChange =
  | {
      readonly eventName: "MemberAdded";
      readonly args: { readonly index: bigint; readonly identityCommitment: bigint };
    }
  | {
      readonly eventName: "MembersAdded";
      readonly args: { readonly startIndex: bigint; readonly identityCommitments: readonly bigint[] };
    }
  | {
      readonly eventName: "MemberUpdated";
      readonly args: { readonly index: bigint; readonly newIdentityCommitment: bigint };
    }
  | { readonly eventName: "MemberRemoved"; readonly args: { readonly index: bigint } };

/** The leaves of a group's tree after `changes`, in the order in which they happened. A removed member leaves a 0. */
export function groupMembers(changes: readonly GroupChange[]): readonly bigint[] {
  const members: bigint[] = [];
  for (const { eventName, args } of changes) {
    if (eventName === "MemberAdded") members[Number(args.index)] = args.identityCommitment;
    else if (eventName === "MembersAdded") {
      for (const [offset, commitment] of args.identityCommitments.entries())
        members[Number(args.startIndex) + offset] = commitment;
    } else members[Number(args.index)] = eventName === "MemberUpdated" ? args.newIdentityCommitment : 0n;
  }
  return members;
}
