/** How the connection is, as a word with a dot: always visible, never in the way. */
export function ConnectionBadge() {
  return null;
}
