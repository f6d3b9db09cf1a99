import { useEffect, useMemo, useRef, useState } from "react";
import { movesAbout, readAnsi, type Line } from "./ansi.ts";
import type { LiveScreen } from "./screen.ts";

/**
 * Terminal output as lines. What stays in its lines is read as it is drawn; output that moves about the screen goes
 * through a terminal, which is loaded then. Until it is there, moves are left out.
 */
export function useLines(text: string): readonly Line[] {
  const moves = useMemo(() => movesAbout(text), [text]);
  const [shown, setShown] = useState<readonly Line[] | null>(null);
  const screen = useRef<LiveScreen | null>(null);
  const newest = useRef(text);
  useEffect(() => {
    newest.current = text;
    screen.current?.show(text);
  }, [text]);
  useEffect(() => {
    if (!moves) return;
    let stopped = false;
    const load = async (): Promise<void> => {
      const { LiveScreen } = await import("./screen.ts");
      if (stopped) return;
      screen.current = new LiveScreen(setShown);
      screen.current.show(newest.current);
    };
    void load().catch(() => {}); // Offline before it was ever loaded: without its moves it can be read too.
    return () => {
      stopped = true;
      screen.current?.end();
      screen.current = null;
      setShown(null);
    };
  }, [moves]);
  const plain = useMemo(() => (moves && shown !== null ? null : readAnsi(text)), [moves, shown, text]);
  return plain ?? shown ?? [];
}
