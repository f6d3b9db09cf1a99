import { createContext, useContext } from "react";

/** The thread that is shown: its id, and the directory from which its paths are said. */
type Shown = { readonly id: string; readonly cwd: string };

const ThreadContext = createContext<Shown>({ id: "", cwd: "" });

/** Names the thread to all that is shown of it. */
export const ThreadProvider = ThreadContext.Provider;

/** The id of the thread that is shown. */
export const useThreadId = (): string => useContext(ThreadContext).id;

/** The directory in which its agent works. */
export const useThreadDirectory = (): string => useContext(ThreadContext).cwd;
