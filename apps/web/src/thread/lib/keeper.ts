type Held<Value> = { value: Promise<Value>; holders: number };

/** Kept this long after the last one who showed it, in milliseconds: rows come and go while one scrolls. */
const KEEP_MS = 30_000;

/** Shares what is loaded for a key between all who hold it, and lets it go some time after the last one did. */
export function keeper<Value>(
  letGo: (value: Value) => void,
): (key: unknown, load: () => Promise<Value>) => { value: Promise<Value>; release: () => void } {
  const held = new Map<unknown, Held<Value>>();
  return (key, load) => {
    const entry = held.get(key) ?? { value: load(), holders: 0 };
    held.set(key, entry);
    entry.holders++;
    entry.value.catch(() => held.get(key) === entry && held.delete(key));
    const release = (): void => {
      entry.holders--;
      setTimeout(() => {
        if (entry.holders > 0 || held.get(key) !== entry) return;
        held.delete(key);
        void entry.value.then(letGo).catch(() => {});
      }, KEEP_MS);
    };
    return { value: entry.value, release };
  };
}
