import { useEffect, useState } from "react";

/** What passes sooner, in milliseconds, is not worth a change of the picture. */
const LASTS_MS = 150;

/** Whether something has been so for 150 ms: what passes sooner would only flicker. */
export function useLasting(isSo: boolean): boolean {
  const [lasts, setLasts] = useState(false);
  useEffect(() => {
    if (!isSo) return;
    const timer = setTimeout(() => setLasts(true), LASTS_MS);
    return () => {
      clearTimeout(timer);
      setLasts(false);
    };
  }, [isSo]);
  return isSo && lasts;
}
