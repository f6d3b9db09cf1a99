import { Strip } from "../strip.tsx";
import type { Stop } from "./use-stop.ts";

/** Above the prompt box while a Stop that was given offline waits: the agent works on meanwhile. */
export function HeldStop({ stop: { state, takeBack } }: { stop: Stop }) {
  if (state !== "held") return null;
  return (
    <Strip label="Stop waits" action="Take it back" onAction={takeBack}>
      Stops once the server is back. Until then the agent may work on.
    </Strip>
  );
}
