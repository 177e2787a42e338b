import { useRouterState } from "@tanstack/react-router";

export type Section = "contests" | "coins" | "nodes" | "audit" | "powers";

/** Which of the site's pages is open; a contest and its entries belong to the contests. */
export function useSection(): Section {
  const path = useRouterState({ select: (state) => state.location.pathname });
  const first = path.split("/")[1];
  return first === "coins" || first === "nodes" || first === "audit" || first === "powers" ? first : "contests";
}
