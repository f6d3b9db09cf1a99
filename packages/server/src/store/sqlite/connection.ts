import { Database, type SQLQueryBindings } from "bun:sqlite";

/**
 * A connection that ends when it is closed. SQLite keeps one open, file, lock and all, while a prepared statement of it
 * is; Bun ends those only when they are collected.
 */
export class Connection extends Database {
  readonly #prepared: { finalize(): void }[] = [];

  override prepare<Row, Bindings extends SQLQueryBindings | SQLQueryBindings[]>(sql: string, bindings?: Bindings) {
    const statement = super.prepare<Row, Bindings>(sql, bindings);
    this.#prepared.push(statement);
    return statement;
  }

  /** @throws when something still uses the connection. */
  override close(): void {
    for (const statement of this.#prepared.splice(0)) statement.finalize();
    super.close(true);
  }
}
