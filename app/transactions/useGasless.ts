import { useCallback, useState } from "react";
import { readStored, writeStored } from "../config/browserStore.ts";

/** Whether this person lets a relay pay, as long as the session lasts. */
export function useGasless(): readonly [boolean, (chosen: boolean) => void] {
  const [chosen, setChosen] = useState(() => readStored("gasless") === "yes");
  const choose = useCallback((next: boolean) => {
    setChosen(next);
    writeStored("gasless", next ? "yes" : "no");
  }, []);
  return [chosen, choose];
}
