import { afterAll, beforeAll, expect, test } from "bun:test";
import { StrictMode, type ReactNode } from "react";
import { ServerProcess } from "../../../../test/support/server-process.ts";
import { SkeinClient } from "../../src/client.ts";
import {
  SkeinProvider,
  useAgents,
  useBoard,
  useCommand,
  useConnection,
  useItem,
  usePendingPrompts,
  usePermissions,
  useSearch,
  useThread,
  useTimeline,
} from "../../src/react/index.ts";
import { startCountingProxy, type CountingProxy } from "../support/counting-proxy.ts";
import { TestClock } from "../../../../test/support/test-clock.ts";
import { openPage, type Page, type Shown } from "./page.ts";

let page: Page;
let server: ServerProcess;
let proxy: CountingProxy;
beforeAll(async () => {
  page = await openPage();
  server = await ServerProcess.start();
  proxy = startCountingProxy(server.url);
}, 30_000);
afterAll(async () => {
  await proxy.stop();
  await server.dispose();
  await page.close();
});

/** Resolves once the page shows what it is to show; React's own scheduling runs meanwhile. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await page.act(() => new Promise((resolve) => setTimeout(resolve, 5)));
}

function Home(): ReactNode {
  const { cards, status } = useBoard("personal");
  const { agents } = useAgents();
  return (
    <nav>
      {status} {agents.length > 0 && "agents"} {cards.map(({ value }) => value.title).join()}
    </nav>
  );
}

function Message({ thread, id }: { thread: string; id: string }): ReactNode {
  const message = useItem(thread, "message", id);
  return <p className={message?.role}>{message?.text}</p>;
}

function Thread({ id }: { id: string }): ReactNode {
  const { status, running, turns } = useThread(id);
  const { items } = useTimeline(id);
  const { permissions } = usePermissions(id);
  const pending = usePendingPrompts(id);
  const prompt = useCommand("thread.prompt");
  const answer = useCommand("thread.answer");
  return (
    <main>
      <header>
        {status} {running ? "running" : "idle"} {turns.map(({ value }) => value.status).join()}
      </header>
      {items.map((item) => item.kind === "message" && <Message key={item.id} thread={id} id={item.id} />)}
      {pending.map(({ key, text }) => (
        <p key={key}>{text}</p>
      ))}
      {permissions.map(({ id: permission, value }) => {
        const option = value.options.find(({ kind }) => kind === "allow_once")?.optionId ?? "";
        return (
          <button
            key={permission}
            name={permission}
            onClick={() => void answer.run({ thread: id, permission, option })}
          />
        );
      })}
      <button id="send" onClick={() => void prompt.run({ thread: id, text: "tour" })}>
        Send
      </button>
    </main>
  );
}

function App({ thread }: { thread: string | null }): ReactNode {
  const { state } = useConnection();
  return (
    <>
      <b>{state}</b>
      {thread === null ? <Home /> : <Thread id={thread} />}
    </>
  );
}

test("L20: under Strict Mode the server sees one socket and one subscription a topic, whatever view is shown; all end a while after", async () => {
  const setup = new SkeinClient({ url: server.url, token: server.token });
  setup.connect();
  const { thread: first } = await setup.command("thread.create", { agent: "demo", cwd: server.data, title: "First" });
  const { thread: second } = await setup.command("thread.create", { agent: "demo", cwd: server.data });
  await setup.close();

  const client = new SkeinClient({ url: proxy.url, token: server.token });
  const clock = new TestClock();
  const frames = (run: () => void): void => void setTimeout(run, 0);
  const view = (thread: string | null): ReactNode => (
    <StrictMode>
      <SkeinProvider client={client} clock={clock} frames={frames}>
        <App thread={thread} />
      </SkeinProvider>
    </StrictMode>
  );
  const counts = (): Record<string, number> => {
    const all: Record<string, number> = {};
    for (const request of proxy.requests) if (request !== "ping") all[request] = (all[request] ?? 0) + 1;
    return all;
  };

  const shown: Shown = await page.show(view(null));
  await until(() => shown.element("b").textContent === "live" && shown.text().includes("First"));
  const home = { hello: 1, "subscribe board:personal": 1, "subscribe server": 1 };
  expect(counts()).toEqual(home);

  await shown.render(view(first));
  await until(() => shown.element("header").textContent.startsWith("live"));
  // To and fro, again and again: all is kept, and nothing is asked for.
  for (let round = 0; round < 5; round++) {
    await shown.render(view(null));
    await shown.render(view(first));
    await page.act(() => clock.advance(4_000));
  }
  expect(shown.element("header").textContent).toStartWith("live");
  expect(counts()).toEqual({ ...home, [`subscribe thread:${first}`]: 1 });

  // A whole turn, with what it asks answered here.
  await shown.click("#send");
  for (;;) {
    await until(() => shown.element("header").textContent.endsWith("done") || asked(shown) !== undefined);
    const permission = asked(shown);
    if (permission === undefined) break;
    await shown.click(`button[name="${permission}"]`);
    // The next may be asked in the frame in which this one goes.
    await until(() => asked(shown) !== permission);
  }
  expect(shown.element("p.user").textContent).toBe("tour");
  expect(shown.element("p.assistant").textContent.length).toBeGreaterThan(10);

  await shown.render(view(second));
  await until(() => shown.element("header").textContent.startsWith("live"));
  await page.act(() => clock.advance(5_000));
  const ended = { [`unsubscribe thread:${first}`]: 1, "unsubscribe board:personal": 1, "unsubscribe server": 1 };
  const { "thread.prompt": prompts, "thread.answer": _, ...seen } = counts();
  expect(prompts).toBe(1);
  expect(seen).toEqual({
    ...home,
    [`subscribe thread:${first}`]: 1,
    [`subscribe thread:${second}`]: 1,
    ...ended,
  });
  expect([proxy.opened, proxy.open]).toEqual([1, 1]);

  // The whole app goes and comes back at once: the same socket; it goes for good: none, and no timer is left.
  await shown.unmount();
  await page.act(() => clock.advance(4_999));
  const again = await page.show(view(second));
  await until(() => again.element("header").textContent.startsWith("live"));
  await page.act(() => clock.advance(60_000));
  expect([proxy.opened, proxy.open]).toEqual([1, 1]);
  await again.unmount();
  await page.act(() => clock.advance(5_000));
  await until(() => proxy.open === 0);
  expect([proxy.opened, clock.pending, client.status.state]).toEqual([1, 0, "idle"]);
}, 60_000);

/** The permission that waits for an answer. */
const asked = (shown: Shown): string | undefined =>
  shown.element("main").querySelector("button:not(#send)")?.getAttribute("name") ?? undefined;

test("useSearch on the real server: what was said is found", async () => {
  const client = new SkeinClient({ url: server.url, token: server.token });
  client.connect();
  const { thread } = await client.command("thread.create", { agent: "demo", cwd: server.data });
  await client.command("thread.prompt", { thread, text: "the word is xylophone" });
  function Results({ text }: { text: string }): ReactNode {
    const { hits, pending } = useSearch(text, { delayMs: 0 });
    return pending ? "…" : hits.map(({ topic }) => topic).join();
  }
  const view = (text: string): ReactNode => (
    <StrictMode>
      <SkeinProvider client={client}>
        <Results text={text} />
      </SkeinProvider>
    </StrictMode>
  );
  const shown = await page.show(view(""));
  let tries = "xylophone";
  // The index may be a moment behind the log; another text is another question.
  while (!shown.text().includes(`thread:${thread}`)) {
    tries += " ";
    await shown.render(view(tries));
    await until(() => shown.text() !== "…");
  }
  await shown.unmount();
  // Somebody else connected this client: the provider leaves it be.
  expect(client.status.state).toBe("live");
  await client.close();
}, 30_000);
