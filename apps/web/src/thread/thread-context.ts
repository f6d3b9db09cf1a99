import { createContext, useContext } from "react";

/** The thread that is shown: its id, the directory from which its paths are said, and the way to where one writes. */
type Shown = { readonly id: string; readonly cwd: string; readonly toPrompt: () => void };

const ThreadContext = createContext<Shown>({ id: "", cwd: "", toPrompt: () => {} });

/** Names the thread to all that is shown of it. */
export const ThreadProvider = ThreadContext.Provider;

/** The id of the thread that is shown. */
export const useThreadId = (): string => useContext(ThreadContext).id;

/** The directory in which its agent works. */
export const useThreadDirectory = (): string => useContext(ThreadContext).cwd;

/** Gives the focus to the prompt box, or where fingers point to the page. */
export const useToPrompt = (): (() => void) => useContext(ThreadContext).toPrompt;
