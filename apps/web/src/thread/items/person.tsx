import { useMe } from "../../app/me.ts";

/** A person's name, or "You"; within a sentence "you". */
export function Person({ id, inSentence = false }: { id: string | undefined; inSentence?: boolean }) {
  const me = useMe();
  if (id !== undefined && id !== me?.id) return id;
  return inSentence ? "you" : "You";
}
