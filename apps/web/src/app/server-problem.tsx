import { useConnection } from "@skein/client/react";
import { TriangleAlert } from "lucide-react";

/** Above everything while the server cannot accept work: what keeps it, and that nothing is lost. */
export function ServerProblem() {
  const { problem, state } = useConnection();
  if (problem === null || state === "offline" || state === "stopped") return null;
  return (
    <p
      role="status"
      className="flex shrink-0 items-center gap-2 border-b border-wait-line bg-wait-soft px-4 py-2 text-small text-wait"
    >
      <TriangleAlert size={14} aria-hidden className="shrink-0" />
      <span className="min-w-0 wrap-anywhere">{problem}</span>
    </p>
  );
}
