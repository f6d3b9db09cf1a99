import type { Store } from "../../store/contract.ts";

/** A store whose commits fail while it is told so; by itself with what no other try mends, as a broken disk. */
export function failing(
  store: Store,
  when: () => boolean,
  error: () => Error = () => new Error("the disk is broken"),
): Store {
  return new Proxy(store, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== "function") return member;
      if (name !== "commit") return member.bind(target) as unknown;
      return async (...args: Parameters<Store["commit"]>) => {
        if (when()) throw error();
        return target.commit(...args);
      };
    },
  });
}
