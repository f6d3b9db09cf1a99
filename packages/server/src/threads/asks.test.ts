import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { refusal } from "./testing/refusal.ts";
import { ASKS_OPEN } from "./writer/asks.ts";
import { permission } from "./testing/scripted-driver.ts";
import { Workbench } from "./testing/workbench.ts";
import type { Store } from "../store/contract.ts";

/** A store in which, while it is told so, nothing that a guard names is as the guard wants it. */
function refusingGuards(store: Store, when: () => boolean): Store {
  return new Proxy(store, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== "function") return member;
      if (name !== "commit") return member.bind(target) as unknown;
      return async (writes: Parameters<Store["commit"]>[0]) => {
        const where = { status: "another" };
        return target.commit(
          writes.map((write) => (write.guard && when() ? { ...write, guard: { ...write.guard, where } } : write)),
        );
      };
    },
  });
}

let bench: Workbench;
beforeEach(async () => {
  bench = await Workbench.open();
});
afterEach(async () => {
  await bench.end();
});

describe("permissions and questions", () => {
  test("wait for a person, all of them, and the agent hears the answer once it is durable", async () => {
    const { thread } = await bench.running();
    void bench.driver.last.emit(permission("1"));
    void bench.driver.last.emit(permission("2", "b"));
    expect(await bench.thread(thread)).toMatchObject({ status: "waiting" });
    expect(await bench.card(thread)).toMatchObject({ status: "waiting", waiting: 2 });
    const answer = bench.command("thread.answer", { thread, permission: "r3", option: "yes" });
    expect(bench.driver.last.did("answerPermission")).toBe(false);
    await answer;
    expect(bench.driver.last.calls.at(-1)).toEqual({ call: "answerPermission", request: "1", optionId: "yes" });
    const view = await bench.view(thread);
    expect(view.get("permission", "r3")).toMatchObject({ status: "answered", answer: "yes", by: "local" });
    expect(view.get("permission", "r5")).toMatchObject({ status: "pending" });
    expect(await bench.card(thread)).toMatchObject({ status: "waiting", waiting: 1 });
  });

  test("P67: of two answers one wins; the other is told which, and by whom", async () => {
    const { thread } = await bench.running();
    void bench.driver.last.emit(permission("1"));
    const both = ["yes", "no"].map((option) => bench.command("thread.answer", { thread, permission: "r3", option }));
    const [won, lost] = await Promise.allSettled(both);
    expect(won?.status).toBe("fulfilled");
    expect((lost as PromiseRejectedResult).reason).toMatchObject({
      kind: "conflict",
      detail: { answer: "yes", by: "local", status: "answered" },
    });
    expect(bench.driver.last.calls.filter((each) => each.call === "answerPermission")).toEqual([
      { call: "answerPermission", request: "1", optionId: "yes" },
    ]);
    expect((await bench.view(thread)).get("permission", "r3")).toMatchObject({ answer: "yes" });
    expect(await bench.thread(thread)).toMatchObject({ status: "running" });
  });

  test("P67: an answer of the wrong kind is refused, and the agent waits for the right one", async () => {
    const { thread, turn } = await bench.running();
    void bench.driver.last.emit(permission("1"));
    void bench.driver.last.emit({ type: "question", request: "2", message: "Which?", mode: "form" });
    const asPermission = { permission: "q4", option: "yes" };
    for (const params of [{ question: "r3", action: "accept" }, { question: "r3", action: "cancel" }, asPermission]) {
      const wrong = await refusal(bench.command("thread.answer", { thread, ...params }));
      expect(wrong).toMatchObject({
        kind: "not_found",
        message: expect.stringMatching(/^(r3 is a permission|q4 is a q)/),
      });
    }
    expect(await bench.card(thread)).toMatchObject({ status: "waiting", waiting: 2 });
    await bench.command("thread.answer", { thread, permission: "r3", option: "yes" });
    await bench.command("thread.answer", { thread, question: "q4", action: "decline" });
    expect(bench.driver.last.calls.map(({ call }) => call)).toEqual(["prompt", "answerPermission", "answerQuestion"]);
    expect(await bench.turn(thread, turn)).toMatchObject({ status: "running" });
    expect(bench.reported).toEqual([]);
  });

  test("an answer that the log refuses leaves the request open, and the turn at work", async () => {
    await bench.threads.close();
    await bench.store.close();
    let refuses = true;
    await bench.start((store) => refusingGuards(store, () => refuses));
    const { thread, turn } = await bench.running();
    void bench.driver.last.emit(permission("1"));
    const answer = { thread, permission: "r3", option: "yes" };
    expect(await refusal(bench.command("thread.answer", answer))).toMatchObject({ kind: "conflict" });
    expect(await bench.thread(thread)).toMatchObject({ status: "waiting" });
    expect(await bench.card(thread)).toMatchObject({ status: "waiting", waiting: 1 });
    refuses = false;
    await bench.command("thread.answer", answer);
    expect(bench.driver.last.calls.at(-1)).toEqual({ call: "answerPermission", request: "1", optionId: "yes" });
    expect(await bench.turn(thread, turn)).toMatchObject({ status: "running" });
    expect(bench.reported).toEqual([]);
  });

  test("an answer that is none of the options, or to nothing that is asked, is refused", async () => {
    const { thread } = await bench.running();
    void bench.driver.last.emit(permission("1"));
    const odd = await refusal(bench.command("thread.answer", { thread, permission: "r3", option: "maybe" }));
    expect(odd).toMatchObject({ kind: "invalid", detail: ["yes", "no"] });
    const none = await refusal(bench.command("thread.answer", { thread, permission: "r99", option: "yes" }));
    expect(none.kind).toBe("not_found");
    await bench.command("thread.cancel", { thread });
    bench.driver.last.end("cancelled");
    const late = await refusal(bench.command("thread.answer", { thread, permission: "r3", option: "yes" }));
    expect(late).toMatchObject({ kind: "conflict", detail: { status: "cancelled" } });
    expect(bench.driver.last.did("answerPermission")).toBe(false);
  });

  test("beyond the bound nothing is put to a person: the agent hears that it was cancelled, and one notice says so", async () => {
    const { thread } = await bench.running();
    for (let index = 0; index < ASKS_OPEN; index++) void bench.driver.last.emit(permission(`${index}`));
    expect(bench.driver.last.did("answerPermission")).toBe(false);
    void bench.driver.last.emit(permission("more"));
    void bench.driver.last.emit({ type: "question", request: "q", message: "Name?", mode: "form", schema: {} });
    expect(bench.driver.last.calls.slice(-2)).toEqual([
      { call: "answerPermission", request: "more", optionId: null },
      { call: "answerQuestion", request: "q", answer: { action: "cancel" } },
    ]);
    expect(await bench.card(thread)).toMatchObject({ status: "waiting", waiting: ASKS_OPEN });
    expect([...(await bench.view(thread)).all("notice").values()]).toMatchObject([{ level: "warning", count: 2 }]);
  });

  test("P67: a question takes what the person filled in", async () => {
    const { thread } = await bench.running();
    void bench.driver.last.emit({ type: "question", request: "q", message: "Name?", mode: "form", schema: {} });
    await bench.command("thread.answer", { thread, question: "q2", action: "accept", content: { name: "Ada" } });
    expect(bench.driver.last.calls.at(-1)).toEqual({
      call: "answerQuestion",
      request: "q",
      answer: { action: "accept", content: { name: "Ada" } },
    });
    expect((await bench.view(thread)).get("question", "q2")).toMatchObject({
      status: "answered",
      action: "accept",
      content: { name: "Ada" },
    });
  });
});
