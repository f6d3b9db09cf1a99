import {
  ArrowRightLeft,
  BrainCircuit,
  FilePen,
  FileText,
  Globe,
  Search,
  SlidersHorizontal,
  SquareTerminal,
  Trash2,
  Wrench,
  type LucideIcon,
} from "lucide-react";

/** ACP's kinds of tool. */
const ICONS: ReadonlyMap<string, LucideIcon> = new Map([
  ["read", FileText],
  ["edit", FilePen],
  ["delete", Trash2],
  ["move", ArrowRightLeft],
  ["search", Search],
  ["execute", SquareTerminal],
  ["think", BrainCircuit],
  ["fetch", Globe],
  ["switch_mode", SlidersHorizontal],
]);

export function ToolIcon({ kind, className }: { kind: string; className?: string }) {
  const Icon = ICONS.get(kind) ?? Wrench;
  return <Icon size={14} aria-hidden className={className} />;
}
