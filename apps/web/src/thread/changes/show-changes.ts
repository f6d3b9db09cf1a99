import { createContext, useContext } from "react";

const ShowChangesContext = createContext<(path?: string) => void>(() => {});

export const ShowChangesProvider = ShowChangesContext.Provider;

/** How to show all that the thread changed, begun at one file where a path names it. */
export const useShowChanges = (): ((path?: string) => void) => useContext(ShowChangesContext);
