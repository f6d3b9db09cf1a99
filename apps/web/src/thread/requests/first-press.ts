import type { MouseEvent } from "react";

/**
 * A button's `onClick` that answers a request. Of a double click only the first one answers: what stands below the
 * pointer by the second may be another request, which took the place of the first and which nobody has read.
 */
export const onFirstPress =
  (answer: () => void) =>
  (event: MouseEvent): void => {
    if (event.detail > 1) event.preventDefault();
    else answer();
  };
