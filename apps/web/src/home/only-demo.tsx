import { useAgents } from "@skein/client/react";

/** Where nothing but the demo agent is found: one line on how a real one comes to be. */
export function OnlyDemo() {
  const { agents } = useAgents();
  const found = agents.filter(({ value }) => value.found);
  const [first] = agents.filter(({ id, value }) => id !== "demo" && value.needs !== undefined);
  if (first === undefined || found.some(({ id }) => id !== "demo")) return null;
  const { title, needs } = first.value;
  return (
    <p className="text-meta text-ink-2">
      Only the demo was found. For {title}, where the server runs: {needs}.
    </p>
  );
}
