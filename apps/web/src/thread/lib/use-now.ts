import { useEffect, useState } from "react";
import { serverNow } from "../../lib/server-clock.ts";

/** The time in ms since 1970, by the server's clock, anew each second while something runs that is to be timed. */
export function useNow(needed: boolean): number {
  const [now, setNow] = useState(() => serverNow());
  useEffect(() => {
    if (!needed) return;
    setNow(serverNow());
    const timer = setInterval(() => setNow(serverNow()), 1000);
    return () => clearInterval(timer);
  }, [needed]);
  return now;
}
