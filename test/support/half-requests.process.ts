/**
 * An attacker: keeps so many connections to a server open, says the first half of a request on each, and opens a new one
 * for each that is ended. Goes on until it is ended itself. It writes a line once that many were tried.
 *
 *     bun test/support/half-requests.process.ts <port> <connections>
 */
import { connect } from "node:net";

const [port, connections] = process.argv.slice(2).map(Number);
let tried = 0;

function attack(): void {
  const socket = connect(port ?? 0, "127.0.0.1", () => socket.write("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Half: "));
  // A server that is out of descriptors refuses: that is what it wants.
  socket.on("error", () => {});
  socket.on("close", () => setTimeout(attack, 1));
  if (++tried === connections) console.log(`tried ${tried}`);
}

for (let index = 0; index < (connections ?? 0); index++) attack();
