/**
 * The mark: three strands, of which one crosses the other two, each pair once. One set of paths on a grid of 24, drawn
 * with round strokes of 2.5; used in the app, and by the build for the icons.
 */
export const MARK_PATHS = ["M3 5C10 5 14 12 21 12", "M3 12C10 12 13 19 21 19", "M3 19C11 19 12 5 21 5"] as const;
export const MARK_STROKE = 2.5;
