// The client, and what its options and methods take and give.
export type { CallParams } from "./call-params.ts";
export { SkeinClient, type SkeinClientOptions } from "./client.ts";
export { systemClock, type Clock, type Timer } from "./connection/clock.ts";
export type { HelloResult } from "./connection/connection.ts";
export type { Fetch } from "./connection/http.ts";
export type { Outbox, OutboxEntry, Settled } from "./connection/outbox.ts";
export type { ConnectionStatus } from "./connection/status.ts";
export type { WatchOptions, WatchStatus } from "./connection/subscription.ts";
export type { OpenTransport, Transport, TransportEvents } from "./connection/transport.ts";
export type { WakeSource } from "./connection/wake.ts";
export type { Watch } from "./connection/watch.ts";
export { webSocketTransport, type WebSocketConstructor, type WebSocketLike } from "./connection/websocket.ts";
export type { Item, Replica } from "./replica/replica.ts";

// Where commands and replicas are kept.
export { indexedDbReplicas } from "./connection/indexed-db.ts";
export {
  memoryStorage,
  webStorage,
  type OutboxStorage,
  type StoredCommand,
  type WebStorage,
} from "./connection/outbox-storage.ts";
export type { ReplicaBounds, ReplicaStorage } from "./connection/replica-storage.ts";

// What is shown of commands on their way.
export { cardAsGiven, givenTo, queueAsGiven, showsOnCard, threadAsGiven } from "./connection/as-given.ts";
export { pendingPrompts, type PendingPrompt } from "./connection/prompts.ts";
export { commandsGiven, isOffline, isToSend, type GivenCommand, type Standing } from "./connection/standing.ts";

// What travels; all else of it is in `@skein/client/protocol`.
export { CLOSE, SkeinError, type ErrorKind, type Retry } from "./protocol/errors.ts";
export { boardTopic, splitTopic, threadTopic, type Topic, type TopicKind } from "./protocol/topics.ts";
export type { AgentEntity, BoardEntity, CardEntity } from "./protocol/board.ts";
export type { Change, Commit, Position } from "./protocol/changes.ts";
export type { EntityKind, EntityValue, ItemKind, ThreadEntityKind } from "./protocol/entities.ts";
export type { Json, JsonObject } from "./protocol/json.ts";
export { DEFAULT_LIMITS, type Limits } from "./protocol/limits.ts";
export type { CommandName, Params, QueryName, Result } from "./protocol/methods.ts";
export type {
  AgentOffers,
  Block,
  MessageEntity,
  NoticeEntity,
  PermissionEntity,
  PlanEntity,
  QuestionEntity,
  TerminalEntity,
  ThreadEntity,
  ToolContent,
  ToolEntity,
  TurnEntity,
} from "./protocol/thread.ts";
