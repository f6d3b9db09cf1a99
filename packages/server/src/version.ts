/** The server's version: the same as in its package.json, which is not at hand in an executable. */
export const VERSION = "0.1.0";
