import { useConnection } from "@skein/client/react";

/** A person's name, or "You"; within a sentence "you". */
export function Person({ id, inSentence = false }: { id: string | undefined; inSentence?: boolean }) {
  const { hello } = useConnection();
  if (id !== undefined && id !== hello?.user.id) return id;
  return inSentence ? "you" : "You";
}
