/** What a server's frame may hold, as far as tests look into it. */
export type Message = {
  id?: string | number | null;
  method?: string;
  params?: Record<string, unknown>;
  result?: Record<string, unknown>;
  error?: { code: number; message: string; data?: { kind: string; retry: string; [member: string]: unknown } };
};

/** A WebSocket without any of the client's manners, to say what a client never would. */
export class RawSocket {
  readonly messages: Message[] = [];
  /** The number of frames that came. */
  frames = 0;
  closed: { code: number; reason: string } | null = null;
  readonly socket: WebSocket;
  #nextId = 1;
  #waiters: (() => void)[] = [];

  private constructor(url: string, headers: Record<string, string>, query: string) {
    this.socket = new WebSocket(`${url.replace(/^http/, "ws")}/v1/socket${query}`, { headers } as unknown as string[]);
    this.socket.addEventListener("message", (event) => {
      const decoded = JSON.parse(String(event.data)) as Message | Message[];
      this.frames++;
      this.messages.push(...(Array.isArray(decoded) ? decoded : [decoded]));
      this.#wake();
    });
    this.socket.addEventListener("close", (event) => {
      this.closed = { code: event.code, reason: event.reason };
      this.#wake();
    });
  }

  static async open(url: string, headers: Record<string, string> = {}, query = ""): Promise<RawSocket> {
    const raw = new RawSocket(url, headers, query);
    await new Promise<void>((resolve, reject) => {
      raw.socket.addEventListener("open", () => resolve());
      raw.socket.addEventListener("error", () => reject(new Error("The socket did not open.")));
    });
    return raw;
  }

  /** Opens one and says hello. */
  static async greeted(server: { url: string; token: string }): Promise<RawSocket> {
    const raw = await RawSocket.open(server.url);
    const hello = await raw.request("hello", {
      protocol: 1,
      client: { name: "raw", version: "0" },
      token: server.token,
    });
    if (hello.error) throw new Error(hello.error.message);
    return raw;
  }

  send(value: unknown): void {
    this.socket.send(typeof value === "string" ? value : JSON.stringify(value));
  }

  async request(method: string, params: unknown): Promise<Message> {
    const id = this.#nextId++;
    this.send({ jsonrpc: "2.0", id, method, params });
    return this.until((message) => message.id === id);
  }

  /** The first message, of those that came and come, for which this holds. Rejects when the socket closes before. */
  async until(holds: (message: Message) => boolean): Promise<Message> {
    for (let seen = 0; ;) {
      const found = this.messages.slice(seen).find(holds);
      if (found) return found;
      seen = this.messages.length;
      if (this.closed) throw new Error(`The socket closed: ${this.closed.code} ${this.closed.reason}`);
      await new Promise<void>((resolve) => this.#waiters.push(resolve));
    }
  }

  async untilClosed(): Promise<{ code: number; reason: string }> {
    while (this.closed === null) await new Promise<void>((resolve) => this.#waiters.push(resolve));
    return this.closed;
  }

  close(): void {
    this.socket.close();
  }

  #wake(): void {
    for (const wake of this.#waiters.splice(0)) wake();
  }
}
