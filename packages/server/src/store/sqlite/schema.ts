/** One step of the schema's history: what takes a database of the version before to `version`. */
export type Migration = { version: number; sql: string };

/**
 * The schema's history, oldest first; `PRAGMA user_version` tells how far a database has come. A step that was
 * released is never edited. The views are for people with `sqlite3`; docs/DATABASE.md describes them.
 */
export const MIGRATIONS: readonly Migration[] = [
  {
    version: 1,
    sql: `
      CREATE TABLE meta (
        name TEXT PRIMARY KEY,
        value TEXT NOT NULL
      ) WITHOUT ROWID;

      -- total: bytes of all commits the topic ever had. folded: up to here its commits are no longer kept one by one.
      CREATE TABLE topic (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE,
        seq INTEGER NOT NULL,
        ts INTEGER NOT NULL,
        total INTEGER NOT NULL,
        folded INTEGER NOT NULL
      );

      -- place: topic.id << 32 | seq, so that a topic's commits lie together and in order.
      -- body: the commit's JSON text, exactly as it is sent. total: the topic's total with this commit.
      CREATE TABLE log (
        place INTEGER PRIMARY KEY,
        total INTEGER NOT NULL,
        body TEXT NOT NULL
      );

      -- seq: the commit that changed it last. value: its JSON, or NULL once it was dropped.
      CREATE TABLE entity (
        row INTEGER PRIMARY KEY,
        topic INTEGER NOT NULL,
        kind TEXT NOT NULL,
        id TEXT NOT NULL,
        created INTEGER NOT NULL,
        seq INTEGER NOT NULL,
        pos INTEGER,
        held INTEGER NOT NULL,
        value TEXT
      );
      CREATE UNIQUE INDEX entity_name ON entity (topic, kind, id);
      CREATE INDEX entity_changed ON entity (topic, seq);
      CREATE INDEX entity_place ON entity (topic, pos) WHERE pos IS NOT NULL;
      CREATE INDEX entity_held ON entity (topic) WHERE held = 1;

      -- Entities whose text has grown since their row was written: the rest stands in the log, from since on.
      CREATE TABLE grown (
        entity INTEGER PRIMARY KEY,
        since INTEGER NOT NULL
      );

      -- What each command was answered, by who asked and the key he gave it.
      CREATE TABLE answer (
        user TEXT NOT NULL,
        key TEXT NOT NULL,
        ts INTEGER NOT NULL,
        body TEXT NOT NULL,
        PRIMARY KEY (user, key)
      ) WITHOUT ROWID;
      CREATE INDEX answer_age ON answer (ts);

      -- Written in the order of time, so that the oldest are the first: an index by age would cost a page each flush.
      -- direction: in (from the agent), out (to it), error (its stderr).
      CREATE TABLE agent_line (
        id INTEGER PRIMARY KEY,
        thread TEXT NOT NULL,
        ts INTEGER NOT NULL,
        direction TEXT NOT NULL,
        line TEXT NOT NULL
      );
      CREATE INDEX agent_line_thread ON agent_line (thread);

      CREATE TABLE token (
        hash TEXT PRIMARY KEY,
        user TEXT NOT NULL,
        name TEXT NOT NULL,
        created INTEGER NOT NULL,
        expires INTEGER
      ) WITHOUT ROWID;

      -- rowid is that of the entity.
      CREATE VIRTUAL TABLE search_text USING fts5(text, tokenize = 'unicode61 remove_diacritics 2');

      CREATE VIEW threads AS
        SELECT substr(topic.name, 8) AS thread,
          value ->> '$.title' AS title,
          value ->> '$.agent' AS agent,
          value ->> '$.cwd' AS cwd,
          value ->> '$.status' AS status,
          value ->> '$.board' AS board,
          datetime((value ->> '$.createdAt') / 1000, 'unixepoch') AS created_at,
          datetime((value ->> '$.updatedAt') / 1000, 'unixepoch') AS updated_at,
          topic.seq AS seq,
          value
        FROM entity JOIN topic ON topic.id = entity.topic
        WHERE kind = 'thread' AND topic.name GLOB 'thread:*' AND value IS NOT NULL;

      CREATE VIEW messages AS
        SELECT substr(topic.name, 8) AS thread,
          entity.id AS message,
          pos,
          value ->> '$.turn' AS turn,
          value ->> '$.role' AS role,
          value ->> '$.by' AS author,
          value ->> '$.status' AS status,
          value ->> '$.text' AS text,
          datetime((value ->> '$.startedAt') / 1000, 'unixepoch') AS started_at,
          datetime((value ->> '$.endedAt') / 1000, 'unixepoch') AS ended_at,
          value
        FROM entity JOIN topic ON topic.id = entity.topic
        WHERE kind = 'message' AND topic.name GLOB 'thread:*' AND value IS NOT NULL;

      CREATE VIEW tool_calls AS
        SELECT substr(topic.name, 8) AS thread,
          entity.id AS tool_call,
          pos,
          value ->> '$.turn' AS turn,
          value ->> '$.name' AS name,
          value ->> '$.title' AS title,
          value ->> '$.kind' AS kind,
          value ->> '$.status' AS status,
          value -> '$.input' AS input,
          value -> '$.output' AS output,
          value -> '$.content' AS content,
          datetime((value ->> '$.startedAt') / 1000, 'unixepoch') AS started_at,
          datetime((value ->> '$.endedAt') / 1000, 'unixepoch') AS ended_at,
          value
        FROM entity JOIN topic ON topic.id = entity.topic
        WHERE entity.kind = 'tool' AND topic.name GLOB 'thread:*' AND value IS NOT NULL;

      CREATE VIEW plans AS
        SELECT substr(topic.name, 8) AS thread,
          entity.id AS plan,
          pos,
          entity.value ->> '$.turn' AS turn,
          entry.key AS step,
          entry.value ->> '$.content' AS content,
          entry.value ->> '$.status' AS status,
          entry.value ->> '$.priority' AS priority
        FROM entity JOIN topic ON topic.id = entity.topic, json_each(entity.value, '$.entries') AS entry
        WHERE kind = 'plan' AND topic.name GLOB 'thread:*' AND entity.value IS NOT NULL;

      CREATE VIEW events AS
        SELECT id, thread, ts, datetime(ts / 1000, 'unixepoch') AS at, direction, line
        FROM agent_line;
    `,
  },
  {
    version: 2,
    sql: `
      -- The newest commits, in the order they came; they go on to log, which has them by topic.
      CREATE TABLE arrival (
        row INTEGER PRIMARY KEY,
        place INTEGER NOT NULL,
        total INTEGER NOT NULL,
        body TEXT NOT NULL
      );
    `,
  },
  {
    version: 3,
    sql: `
      -- When it let somebody in last, to the hour.
      ALTER TABLE token ADD COLUMN used INTEGER;
    `,
  },
  {
    version: 4,
    sql: `
      -- Each start of a server on this database, and the epoch it gave to its commits.
      CREATE TABLE run (
        id INTEGER PRIMARY KEY,
        epoch TEXT NOT NULL UNIQUE
      );

      -- seq: the first commit that a topic had in a run.
      CREATE TABLE stretch (
        topic INTEGER NOT NULL,
        run INTEGER NOT NULL,
        seq INTEGER NOT NULL,
        PRIMARY KEY (topic, run)
      ) WITHOUT ROWID;

      -- So far one epoch went on through many starts.
      INSERT INTO run (epoch) SELECT value FROM meta WHERE name = 'epoch';
      DROP TABLE meta;
    `,
  },
  {
    version: 5,
    sql: `
      -- A topic's row tells where its log ended when it was last settled or folded: what came since is in arrival.
      -- Where nothing but text has grown, entity is behind by as much as the messages view is.
      DROP VIEW threads;
      CREATE VIEW threads AS
        SELECT substr(topic.name, 8) AS thread,
          value ->> '$.title' AS title,
          value ->> '$.agent' AS agent,
          value ->> '$.cwd' AS cwd,
          value ->> '$.status' AS status,
          value ->> '$.board' AS board,
          datetime((value ->> '$.createdAt') / 1000, 'unixepoch') AS created_at,
          datetime((value ->> '$.updatedAt') / 1000, 'unixepoch') AS updated_at,
          max(topic.seq, (SELECT max(changed.seq) FROM entity AS changed WHERE changed.topic = topic.id)) AS seq,
          value
        FROM entity JOIN topic ON topic.id = entity.topic
        WHERE kind = 'thread' AND topic.name GLOB 'thread:*' AND value IS NOT NULL;
    `,
  },
];
