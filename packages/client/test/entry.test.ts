import { expect, test } from "bun:test";
import * as root from "../src/index.ts";
import * as protocol from "../src/protocol/index.ts";
import * as replica from "../src/replica/index.ts";

test("the root entry has what an app needs, under names that say what they are", () => {
  expect(Object.keys(root).toSorted()).toEqual([
    "CLOSE",
    "DEFAULT_LIMITS",
    "SkeinClient",
    "SkeinError",
    "boardTopic",
    "cardAsGiven",
    "commandsGiven",
    "givenTo",
    "indexedDbReplicas",
    "isOffline",
    "isToSend",
    "memoryStorage",
    "pendingPrompts",
    "queueAsGiven",
    "showsOnCard",
    "splitTopic",
    "systemClock",
    "threadAsGiven",
    "threadTopic",
    "webSocketTransport",
    "webStorage",
  ]);
});

test("what the root entry leaves to the wire contract and to replicas is in their entries, and is the same there", () => {
  expect(protocol).toHaveProperty("METHODS");
  expect(replica).toHaveProperty("Replica");
  expect(protocol.SkeinError).toBe(root.SkeinError);
});
