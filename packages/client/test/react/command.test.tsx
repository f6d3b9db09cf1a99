import { afterAll, beforeAll, expect, test } from "bun:test";
import { StrictMode, type ReactNode } from "react";
import { SkeinError } from "../../src/index.ts";
import { useCommand, useOutbox, type CommandView, type OutboxView } from "../../src/react/index.ts";
import { fillThread } from "../support/setup.ts";
import { openPage, type Page } from "./page.ts";
import { stage } from "./stage.tsx";

let page: Page;
beforeAll(async () => {
  page = await openPage();
});
afterAll(() => page.close());

let view: CommandView<"thread.rename">;
function Rename(): ReactNode {
  view = useCommand("thread.rename");
  return null;
}
const rename = (title: string): { thread: string; title: string } => ({ thread: "one", title });

test("useCommand: pending until it is answered, and resolves with the answer", async () => {
  const { server, show, settle } = stage(page);
  fillThread(server, 1);
  const shown = await show(<Rename />);
  expect([view.pending, view.error]).toEqual([false, null]);
  let answer: unknown;
  await page.act(() => void view.run(rename("new")).then((result) => (answer = result)));
  expect(view.pending).toBe(true);
  await settle();
  expect([view.pending, view.error]).toEqual([false, null]);
  expect(answer).toMatchObject({ topic: "thread:one", seq: 3 });
  await shown.unmount();
});

test("useCommand: refused, it says why and never rejects; retry gives it once more, dismiss forgets it", async () => {
  const { server, show, settle } = stage(page);
  fillThread(server, 1);
  const shown = await show(
    <StrictMode>
      <Rename />
    </StrictMode>,
  );
  expect(await view.retry()).toBe(null);
  server.intercept = ({ method }) => {
    if (method === "thread.rename") throw new SkeinError("conflict", "taken");
    return undefined;
  };
  let answer: unknown;
  await page.act(() => void view.run(rename("new")).then((result) => (answer = result)));
  await settle();
  expect(answer).toBe(null);
  expect([view.pending, view.error?.kind]).toEqual([false, "conflict"]);
  await page.act(() => view.dismiss());
  expect(view.error).toBe(null);
  server.intercept = () => undefined;
  await page.act(() => void view.retry().then((result) => (answer = result)));
  await settle();
  expect(answer).toMatchObject({ topic: "thread:one" });
  expect(server.state("thread:one").get("thread one")?.value["title"]).toBe("new");
  expect(await view.retry()).toBe(null);
  await shown.unmount();
});

test("G3: a command that the client's end overtook is in the outbox still: no error, nothing to retry, one effect", async () => {
  const { one, server, network, show, settle } = stage(page);
  fillThread(server, 1);
  let outbox!: OutboxView;
  function Outbox(): ReactNode {
    outbox = useOutbox();
    return null;
  }
  const shown = await show(
    <>
      <Rename />
      <Outbox />
    </>,
  );
  await page.act(() => void view.run(rename("kept")));
  await page.act(async () => {
    network.last.deliverUp();
    await one.close();
  });
  await settle();
  expect([view.pending, view.error]).toEqual([false, null]);
  expect(outbox.entries.map(({ method }) => method)).toEqual(["thread.rename"]);
  expect(await view.retry()).toBe(null);
  await page.act(() => one.connect());
  await settle();
  expect(outbox.entries).toEqual([]);
  expect(server.state("thread:one").get("thread one")?.value["title"]).toBe("kept");
  expect(server.log("thread:one").commits.length).toBe(3);
  await shown.unmount();
});

test("useOutbox: what waits can be taken back", async () => {
  const { one, server, network, show, settle } = stage(page);
  fillThread(server, 1);
  let outbox!: OutboxView;
  function Outbox(): ReactNode {
    outbox = useOutbox();
    view = useCommand("thread.rename");
    return null;
  }
  const shown = await show(<Outbox />);
  network.down = true;
  server.restart();
  await settle();
  await page.act(() => void view.run(rename("never")));
  await settle();
  const [entry] = outbox.entries;
  expect([entry?.state, view.pending]).toEqual(["held", true]);
  await page.act(() => void outbox.discard(entry!.key));
  await settle();
  expect([outbox.entries, view.pending, view.error?.kind]).toEqual([[], false, "conflict"]);
  expect(one.status.state).toBe("waiting");
  await shown.unmount();
});
