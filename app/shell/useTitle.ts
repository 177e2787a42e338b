import { useEffect } from "react";
import { words } from "../words/words.ts";

/** Names the page in the browser's tab. */
export function useTitle(page: string): void {
  useEffect(() => {
    document.title = words.site.title(page);
  }, [page]);
}
