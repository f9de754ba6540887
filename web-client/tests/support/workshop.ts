// Asks the process beside the test server for what tests need; see workshop.py.
import { connect } from "node:net";
import { inject } from "vitest";

/** One wish and what came of it. */
export function make(wish: Record<string, unknown>): Promise<Record<string, string>> {
  return new Promise((resolve, reject) => {
    const socket = connect(inject("server").workshopPort, "127.0.0.1");
    let text = "";
    socket.setEncoding("utf8");
    socket.on("data", (part) => {
      text += part;
    });
    socket.on("error", reject);
    socket.on("end", () => {
      const answer = JSON.parse(text);
      if (answer.error === undefined) resolve(answer);
      else reject(new Error(answer.error));
    });
    socket.write(`${JSON.stringify(wish)}\n`);
  });
}
