import { expect, test } from "vitest";
import { groupMembers } from "../../../app/verify/groupMembers.ts";

test("members stand at their index; one who left leaves a 0, one who was renewed stays where it was", () => {
  expect(
    groupMembers([
      { eventName: "MemberAdded", args: { index: 0n, identityCommitment: 11n } },
      { eventName: "MembersAdded", args: { startIndex: 1n, identityCommitments: [22n, 33n] } },
      { eventName: "MemberRemoved", args: { index: 1n } },
      { eventName: "MemberUpdated", args: { index: 0n, newIdentityCommitment: 44n } },
      { eventName: "MemberAdded", args: { index: 3n, identityCommitment: 22n } },
    ]),
  ).toEqual([44n, 0n, 33n, 22n]);
  expect(groupMembers([])).toEqual([]);
});
