import { createContext, useContext } from "react";

const ThreadContext = createContext<string>("");

/** Names the thread to all that is shown of it. */
export const ThreadProvider = ThreadContext.Provider;

/** The id of the thread that is shown. */
export const useThreadId = (): string => useContext(ThreadContext);
