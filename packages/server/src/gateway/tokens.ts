import { createHash, randomBytes } from "node:crypto";
import { chmod, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { LOCAL_USER } from "../boards/boards.ts";
import type { Store } from "../store/contract.ts";

/** Who a request comes from. `token` is the hash of the token that says so, and `expiresAt` when it ends, if it does. */
export type Principal = { user: string; name: string; token: string; expiresAt: number | null };

/** Whether something is past its time. */
export const hasEnded = ({ expiresAt }: { expiresAt: number | null }, now: number): boolean =>
  expiresAt !== null && expiresAt <= now;

/** A token is kept only as its SHA-256: it is 32 random bytes, which no dictionary holds. */
export function hashToken(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}

/** What a token is called where it is listed: tells which it is, and nothing of what it is. */
export const tokenId = (hash: string): string => hash.slice(0, 16);

export function makeToken(): string {
  return `skn_${randomBytes(32).toString("base64url")}`;
}

/**
 * The token for programs of the person who runs the server: read from `<data>/token`, made when there is none, with
 * access for its owner only, and known to the store by its hash. What stood in the file before lets nobody in any more.
 */
export async function localToken(store: Store, data: string, now: number): Promise<string> {
  const path = join(data, "token");
  let token = await readFile(path, "utf8").then(
    (text) => text.trim(),
    () => "",
  );
  if (token.length < 32) {
    token = makeToken();
    await writeFile(`${path}.new`, `${token}\n`, { mode: 0o600 });
    await rename(`${path}.new`, path);
  }
  await chmod(path, 0o600);
  const hash = hashToken(token);
  if ((await store.token(hash)) === null) {
    await store.addToken({
      hash,
      user: LOCAL_USER,
      name: "local programs",
      createdAt: now,
      expiresAt: null,
      usedAt: null,
    });
  }
  for (const row of await store.tokens(LOCAL_USER)) {
    // A person may have called it anything; only those of browsers have an end.
    if (row.hash !== hash && row.expiresAt === null) await store.removeToken(row.hash);
  }
  return token;
}

/** Who a token belongs to, or `null` when it is unknown or past its time. */
export async function principalOf(store: Store, token: string, now: number): Promise<Principal | null> {
  const hash = hashToken(token);
  const row = await store.token(hash);
  if (row === null || hasEnded(row, now)) return null;
  return { user: row.user, name: row.user, token: hash, expiresAt: row.expiresAt };
}

/** The token of an `Authorization: Bearer` header (RFC 6750, section 2.1). */
export function bearer(header: string | null): string | undefined {
  return /^Bearer +([\w.~+/-]+=*)$/i.exec(header ?? "")?.[1];
}
