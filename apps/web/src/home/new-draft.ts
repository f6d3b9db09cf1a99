import { draftOf } from "../thread/prompt/drafts.ts";

/** Stands for a thread that is not there yet; no thread has so short an id. */
export const NEW = "new";

/** What was written for it. */
export const NEW_DRAFT = draftOf(NEW);
