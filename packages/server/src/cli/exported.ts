import type { Replica } from "@skein/client";

export type Exported = {
  thread: { id: string } & Record<string, unknown>;
  epoch: string;
  seq: number;
  items: ({ kind: string; id: string; pos: number } & Record<string, unknown>)[];
};

/** A whole thread as one value. A tool call has a `kind` of its own, which goes to `toolKind`. */
export function exported(id: string, replica: Replica): Exported {
  return {
    thread: { id, ...replica.get("thread", id) },
    epoch: replica.epoch ?? "",
    seq: replica.seq,
    items: replica.timeline().map(({ kind, id, pos, value }) => {
      const { kind: own, pos: _, ...rest } = value;
      return { kind, id, pos, ...(own === undefined ? {} : { [`${kind}Kind`]: own }), ...rest };
    }),
  };
}
