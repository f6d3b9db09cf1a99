import { draftOf } from "../thread/prompt/drafts.ts";

/** What was written for a thread that is not there yet; no thread has so short an id. */
export const NEW_DRAFT = draftOf("new");
