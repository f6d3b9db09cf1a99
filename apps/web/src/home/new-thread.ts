import { BlankPage } from "../app/page.tsx";
import { part } from "../ui/part.tsx";

/** The page of a new thread, which is the first page too where the rail has the threads. Loaded when it is shown. */
export const NewThreadPage = part(() => import("./new-thread-page.tsx"), BlankPage);
