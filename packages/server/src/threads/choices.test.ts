import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { SkeinError } from "@skein/client/protocol";
import { Workbench } from "./testing/workbench.ts";

let bench: Workbench;
beforeEach(async () => {
  bench = await Workbench.open();
  bench.driver.opened = OPENED;
});
afterEach(async () => {
  await bench.end();
});

const OPENED = {
  mode: "auto",
  modes: ["auto", "plan", "free"].map((id) => ({ id, name: id })),
  config: [{ id: "model", currentValue: "small" }],
};

const notices = async (thread: string) =>
  [...(await bench.view(thread)).all("notice").values()].map((value) => value["text"]);
const choices = async (thread: string) => {
  const { mode, config } = await bench.thread(thread);
  return { mode, model: config?.find((option) => option["id"] === "model")?.["currentValue"] };
};

describe("P62: mode and options", () => {
  test("are answered at once and shown, also while the agent takes for ever to start; nothing waits behind them", async () => {
    bench.driver.gate = new Promise(() => {});
    const thread = await bench.create();
    await bench.prompt(thread, "Go");
    await bench.command("thread.mode", { thread, mode: "plan" });
    await bench.command("thread.config", { thread, option: "model", value: "big" });
    await bench.command("thread.rename", { thread, title: "Named" });
    expect(await choices(thread)).toEqual({ mode: "plan", model: "big" });
    expect(await bench.command("thread.cancel", { thread })).toMatchObject({ turn: "u0" });
    expect((await bench.turn(thread, "u0")).status).toBe("cancelled");
  });

  test("are in force before the first prompt runs, also after a crash of the server before the agent's first start", async () => {
    const thread = await bench.create();
    await bench.command("thread.mode", { thread, mode: "plan" });
    await bench.command("thread.config", { thread, option: "model", value: "big" });
    expect(bench.driver.openings).toBe(0);
    await bench.crash();
    await bench.prompt(thread, "Go");
    await bench.until(() => bench.driver.sessions.length === 1 && bench.driver.last.prompts.length === 1);
    expect(bench.driver.last.calls.map(({ call }) => call)).toEqual(["setMode", "setConfig", "prompt"]);
    expect(await choices(thread)).toEqual({ mode: "plan", model: "big" });
    expect(await notices(thread)).toEqual([]);
  });

  test("reach an agent at work, and the next prompt waits until they are taken", async () => {
    const { thread } = await bench.running();
    const agent = bench.driver.last;
    const { promise, resolve: answer } = Promise.withResolvers<void>();
    const asked: string[] = [];
    agent.setMode = async (mode) => {
      asked.push(mode);
      await promise;
    };
    await bench.command("thread.mode", { thread, mode: "plan" });
    await bench.prompt(thread, "Two");
    agent.end();
    await bench.settled();
    expect(asked).toEqual(["plan"]);
    expect(agent.prompts).toEqual([1]);
    answer();
    await bench.until(() => agent.prompts.length === 2);
  });

  test("that the agent refuses are told by a notice, and what holds is shown again", async () => {
    const { thread } = await bench.running();
    bench.driver.last.setMode = async () => {
      throw new SkeinError("agent", "The agent refused: no such mode.");
    };
    bench.driver.last.setConfig = async () => {
      throw new SkeinError("agent", "The agent did not answer session/set_config_option within 60 s.");
    };
    await bench.command("thread.mode", { thread, mode: "plan" });
    await bench.command("thread.config", { thread, option: "model", value: "big" });
    await bench.until(async () => (await notices(thread)).length === 2);
    expect(await choices(thread)).toEqual({ mode: "auto", model: "small" });
    expect(await notices(thread)).toEqual([
      'The agent did not take the mode "plan". The agent refused: no such mode.',
      'The agent did not take "big" for the option "model". The agent did not answer session/set_config_option within 60 s.',
    ]);
  });

  test("on an agent that has none are told when it has come up, and gone from the thread", async () => {
    bench.driver.opened = {};
    bench.driver.onOpen = (session) => {
      session.setMode = session.setConfig = async () => {
        throw new SkeinError("unsupported", "The agent has none.");
      };
    };
    const thread = await bench.create();
    await bench.command("thread.mode", { thread, mode: "plan" });
    await bench.command("thread.config", { thread, option: "fast", value: true });
    await bench.prompt(thread, "Go");
    await bench.until(() => bench.driver.sessions.length === 1 && bench.driver.last.prompts.length === 1);
    expect(await notices(thread)).toHaveLength(2);
    const entity = await bench.thread(thread);
    expect([entity.mode, entity.config]).toEqual([undefined, undefined]);
  });

  test("the last of several wins, whatever becomes of those before it", async () => {
    for (const refused of ["plan", "free"]) {
      const { thread } = await bench.running();
      const { promise, resolve: answer } = Promise.withResolvers<void>();
      bench.driver.last.setMode = async (mode) => {
        await promise;
        if (mode === refused) throw new SkeinError("agent", "No.");
        void bench.driver.last.update({ sessionUpdate: "current_mode_update", currentModeId: mode });
      };
      await bench.command("thread.mode", { thread, mode: "plan" });
      await bench.command("thread.mode", { thread, mode: "free" });
      expect((await choices(thread)).mode).toBe("free");
      answer();
      await bench.until(async () => (await notices(thread)).length === 1);
      expect((await choices(thread)).mode).toBe(refused === "plan" ? "free" : "plan");
    }
  });

  test("of an agent that dies over them are given to the next one", async () => {
    const { thread } = await bench.running();
    const first = bench.driver.last;
    first.setMode = async () => {
      first.exit(9);
      throw new SkeinError("agent", "The agent ended with exit code 9.");
    };
    await bench.command("thread.mode", { thread, mode: "plan" });
    await bench.until(async () => (await bench.thread(thread)).status === "interrupted");
    expect((await choices(thread)).mode).toBe("plan");
    await bench.prompt(thread, "Two");
    await bench.until(() => bench.driver.sessions.length === 2 && bench.driver.last.prompts.length === 1);
    expect(bench.driver.last.calls.map(({ call }) => call)).toEqual(["setMode", "prompt"]);
    expect((await notices(thread)).filter((text) => text.includes("did not take"))).toEqual([]);
  });

  test("cannot pile up without bound before the agent is there to take them", async () => {
    const thread = await bench.create();
    const choose = (index: number) =>
      bench.command("thread.config", { thread, option: `option-${index}`, value: true });
    for (let index = 0; index < 64; index++) await choose(index);
    expect(await choose(64).catch((error: unknown) => error)).toMatchObject({ kind: "too_large", retry: "never" });
    await choose(3);
  });
});
