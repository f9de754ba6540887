// SCIMMY's ingress, egress and degress over the documents.
import { randomUUID } from "node:crypto";
import SCIMMY from "scimmy";
import { COLUMNS, count, find, folded, get, insert, page, pool, remove, update } from "./documents.mjs";

const TAKEN = "23505"; // PostgreSQL's unique_violation

// One transaction around SCIMMY's read and write of a PATCH; the row stays locked between them.
export class Patching {
    #client;

    constructor(response) {
        // Whatever became of the request, its connection goes back.
        response.on("close", () => this.#end("ROLLBACK"));
    }

    async client() {
        if (this.#client === undefined) {
            this.#client = await pool.connect();
            await this.#client.query("BEGIN");
        }
        return this.#client;
    }

    commit() {
        return this.#end("COMMIT");
    }

    async #end(statement) {
        const client = this.#client;
        if (client === undefined) return;
        this.#client = undefined;
        try {
            await client.query(statement);
            client.release();
        } catch (error) {
            client.release(error);
            if (statement === "COMMIT") throw error;
        }
    }
}

const resourceOf = ({ id, created, modified, document }) =>
    ({ ...document, id, meta: { created, lastModified: modified } });

const notFound = (id) => new SCIMMY.Types.Error(404, null, `Resource ${id} not found`);

// SCIMMY takes any other error for a resource that is not there.
const reported = (handler) => async (...parameters) => {
    try {
        return await handler(...parameters);
    } catch (error) {
        if (error instanceof SCIMMY.Types.Error) throw error;
        if (error.code === TAKEN) throw new SCIMMY.Types.Error(409, "uniqueness", "The value is taken");
        console.error(error);
        throw new SCIMMY.Types.Error(500, null, "The database refused");
    }
};

// The attribute and value of a filter such as `userName eq "…"`, when a column can decide it.
const lookup = (filter) => {
    if (filter.length !== 1) return undefined;
    const [[attribute, condition], ...others] = Object.entries(filter[0]);
    const simple = others.length === 0 && attribute in COLUMNS && Array.isArray(condition);
    if (!simple || condition.length !== 2 || condition[0] !== "eq" || typeof condition[1] !== "string") return undefined;
    return [attribute, folded(attribute, condition[1])];
};

const listed = async (table, resource) => {
    if (resource.filter !== undefined) {
        const found = lookup(resource.filter);
        if (found !== undefined) return (await find(table, ...found)).map(resourceOf);
        return resource.filter.match((await page(table, null, 0)).map(resourceOf));
    }
    const constraints = (resource.constraints ??= {});
    const { startIndex = 1, count: wanted = 20, sortBy } = constraints;
    if (sortBy !== undefined) return (await page(table, null, 0)).map(resourceOf);
    // SCIMMY cuts the page out of what it is given where that is long enough to hold its start.
    const before = startIndex > wanted ? startIndex - 1 : 0;
    constraints.totalResults = await count(table);
    return (await page(table, startIndex - 1 - before + wanted, before)).map(resourceOf);
};

export const handlersOf = (table) => ({
    egress: reported(async (resource, context) => {
        if (resource.id === undefined) return await listed(table, resource);
        const { patching } = context;
        const client = patching === undefined ? pool : await patching.client();
        const row = await get(client, table, resource.id, patching !== undefined);
        if (row === undefined) throw notFound(resource.id);
        return resourceOf(row);
    }),
    ingress: reported(async (resource, instance, { patching }) => {
        // Neither what the database adds nor a password, which would have to be hashed.
        const { id, meta, password, ...document } = instance;
        const keys = Object.keys(COLUMNS).map((name) => folded(name, document[name]));
        if (resource.id === undefined) {
            return resourceOf(await insert(table, randomUUID().replaceAll("-", ""), keys, document));
        }
        const client = patching === undefined ? pool : await patching.client();
        const row = await update(client, table, resource.id, keys, document);
        if (row === undefined) throw notFound(resource.id);
        await patching?.commit();
        return resourceOf(row);
    }),
    degress: reported(async (resource) => {
        if (!(await remove(table, resource.id))) throw notFound(resource.id);
    }),
});
