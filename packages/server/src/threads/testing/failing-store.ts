import type { Store } from "../../store/contract.ts";

/** A store whose commits fail while it is told so, as on a full disk. */
export function failing(store: Store, when: () => boolean): Store {
  return new Proxy(store, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== "function") return member;
      if (name !== "commit") return member.bind(target) as unknown;
      return async (...args: Parameters<Store["commit"]>) => {
        if (when()) throw new Error("database or disk is full");
        return target.commit(...args);
      };
    },
  });
}
