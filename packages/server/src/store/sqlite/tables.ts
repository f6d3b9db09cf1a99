import type { Database } from "bun:sqlite";
import type { CommandAnswer, RawEvent, TokenRow } from "../contract.ts";
import type { NewAnswer } from "../plan.ts";

/** Rows that one step of `expire` deletes of each table. */
const EXPIRE_STEP = 2000;

/** The tables beside the topics: answers to commands, lines of agents, tokens. */
export class Tables {
  readonly #statements: ReturnType<typeof prepare>;

  constructor(database: Database) {
    this.#statements = prepare(database);
  }

  answer(user: string, key: string): CommandAnswer | null {
    const row = this.#statements.answer.get(user, key);
    return row && (JSON.parse(row.body) as CommandAnswer);
  }

  addAnswer({ user, key, answer }: NewAnswer, ts: number): void {
    this.#statements.addAnswer.run(user, key, ts, JSON.stringify(answer));
  }

  events(thread: string, after: number, limit: number): (RawEvent & { id: number })[] {
    return this.#statements.events.all(thread, after, limit);
  }

  addEvent({ thread, ts, direction, line }: RawEvent): void {
    this.#statements.addEvent.run(thread, ts, direction, line);
  }

  /** Deletes some of what is older; whether that was all. */
  expire(before: { events: number; answers: number; tokens: number }): boolean {
    const events = this.#statements.expireEvents.run(before.events).changes;
    const answers = this.#statements.expireAnswers.run(before.answers).changes;
    const tokens = this.#statements.expireTokens.run(before.tokens).changes;
    return Math.max(events, answers, tokens) < EXPIRE_STEP;
  }

  token(hash: string): TokenRow | null {
    return this.#statements.token.get(hash);
  }

  tokens(user: string): TokenRow[] {
    return this.#statements.tokens.all(user);
  }

  addToken({ hash, user, name, createdAt, expiresAt, usedAt }: TokenRow): void {
    this.#statements.addToken.run(hash, user, name, createdAt, expiresAt, usedAt);
  }

  changeToken(hash: string, { name, usedAt }: { name?: string; usedAt?: number }): void {
    this.#statements.changeToken.run(hash, name ?? null, usedAt ?? null);
  }

  removeToken(hash: string): void {
    this.#statements.removeToken.run(hash);
  }
}

function prepare(database: Database) {
  return {
    answer: database.prepare<{ body: string }, [string, string]>(
      "SELECT body FROM answer WHERE user = ?1 AND key = ?2",
    ),
    addAnswer: database.prepare("INSERT INTO answer (user, key, ts, body) VALUES (?1, ?2, ?3, ?4)"),
    events: database.prepare<RawEvent & { id: number }, [string, number, number]>(
      "SELECT id, thread, ts, direction, line FROM agent_line WHERE thread = ?1 AND id > ?2 ORDER BY id LIMIT ?3",
    ),
    addEvent: database.prepare("INSERT INTO agent_line (thread, ts, direction, line) VALUES (?1, ?2, ?3, ?4)"),
    expireEvents: database.prepare(
      `DELETE FROM agent_line WHERE ts < ?1 AND id IN (SELECT id FROM agent_line ORDER BY id LIMIT ${EXPIRE_STEP})`,
    ),
    expireAnswers: database.prepare(
      `DELETE FROM answer WHERE (user, key) IN (SELECT user, key FROM answer WHERE ts < ?1 LIMIT ${EXPIRE_STEP})`,
    ),
    expireTokens: database.prepare(
      `DELETE FROM token WHERE hash IN (SELECT hash FROM token WHERE expires <= ?1 LIMIT ${EXPIRE_STEP})`,
    ),
    token: database.prepare<TokenRow, [string]>(
      "SELECT hash, user, name, created AS createdAt, expires AS expiresAt, used AS usedAt FROM token WHERE hash = ?1",
    ),
    tokens: database.prepare<TokenRow, [string]>(
      "SELECT hash, user, name, created AS createdAt, expires AS expiresAt, used AS usedAt FROM token WHERE user = ?1 ORDER BY created, hash",
    ),
    addToken: database.prepare(
      "INSERT INTO token (hash, user, name, created, expires, used) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    ),
    changeToken: database.prepare(
      "UPDATE token SET name = coalesce(?2, name), used = coalesce(?3, used) WHERE hash = ?1",
    ),
    removeToken: database.prepare("DELETE FROM token WHERE hash = ?1"),
  };
}
