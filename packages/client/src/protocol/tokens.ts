import * as z from "zod";
import { id } from "./topics.ts";

/** Requests about who may come in. They bear no key: they touch no topic, and a repeat of them does no harm. */
export const TOKEN_METHODS = {
  /** The tokens that let programs and devices in as the asker. */
  "token.list": {
    params: z.looseObject({}),
    result: z.looseObject({
      tokens: z.array(
        z.looseObject({
          id,
          /** What the device or program called itself. */
          name: z.string(),
          /** Milliseconds since 1970, as all times. */
          createdAt: z.number(),
          /** `null` for the token of programs on the server's own machine, which does not expire. */
          expiresAt: z.number().nullable(),
          /** When it let somebody in last, to the hour; `null` for never. */
          usedAt: z.number().nullable(),
          /** Connections open with it now. */
          connections: z.number(),
          /** Whether this request came with it. */
          current: z.boolean(),
        }),
      ),
    }),
  },
  /** Calls a token something else, for whoever looks at the list. */
  "token.rename": {
    params: z.looseObject({ token: id, name: z.string().trim().min(1).max(64) }),
    result: z.looseObject({}),
  },
  /** Takes a token back and closes its connections with 4401. Harmless when there is none. */
  "token.revoke": { params: z.looseObject({ token: id }), result: z.looseObject({}) },
  /** Makes a code that lets one more device in as the asker. */
  "token.pair": {
    params: z.looseObject({}),
    result: z.looseObject({
      code: z.string(),
      expiresAt: z.number(),
      /** Where other devices may reach the server, e.g. `http://192.168.1.5:9099`; empty when it listens for this machine only. */
      addresses: z.array(z.string()),
    }),
  },
} as const;
