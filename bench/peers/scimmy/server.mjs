// SCIMMY behind express on 127.0.0.1:$PORT. Reads PGHOST and its like, and BENCH_TOKEN.
import { timingSafeEqual } from "node:crypto";
import express from "express";
import SCIMMY from "scimmy";
import SCIMMYRouters from "scimmy-routers";
import { pool } from "./documents.mjs";
import { handlersOf, Patching } from "./handlers.mjs";

SCIMMY.Resources.declare(SCIMMY.Resources.User, handlersOf("users"));
SCIMMY.Resources.declare(SCIMMY.Resources.Group, handlersOf("groups"));

const expected = Buffer.from(`Bearer ${process.env.BENCH_TOKEN}`);

const application = express();
application.disable("x-powered-by");
application.use("/scim", new SCIMMYRouters({
    type: "bearer",
    handler: (request) => {
        // Nothing is hashed or looked up.
        const given = Buffer.from(request.header("Authorization") ?? "");
        if (given.length !== expected.length || !timingSafeEqual(given, expected)) throw new Error("Not authorized");
        return "bench";
    },
    context: (request) => (request.method === "PATCH" ? { patching: new Patching(request.res) } : {}),
}));

const server = application.listen(Number(process.env.PORT), "127.0.0.1");
process.on("SIGTERM", () => {
    server.close();
    server.closeAllConnections();
    pool.end();
});
