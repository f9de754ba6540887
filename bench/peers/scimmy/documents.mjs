// The SQL of the handlers: rows of JSON with indexed columns.
import pg from "pg";

export const pool = new pg.Pool({ max: 16, min: 16 });

export const COLUMNS = { userName: "user_name", externalId: "external_id", displayName: "display_name" };

// As the other peer folds them: names whatever their case, identifiers exactly.
export const folded = (attribute, value) =>
    value === undefined || value === null ? null : attribute === "externalId" ? value : value.toLowerCase();

const ROW = "id, created, modified, document";

// Statements with a name are prepared once for each connection.
const send = async (client, name, text, values) => (await client.query({ name, text, values })).rows;

export const get = async (client, table, id, lock) =>
    (await send(client, `${table}-get-${lock}`, `SELECT ${ROW} FROM ${table} WHERE id = $1${lock ? " FOR UPDATE" : ""}`, [id]))[0];

export const find = (table, attribute, value) =>
    send(pool, `${table}-find-${attribute}`, `SELECT ${ROW} FROM ${table} WHERE ${COLUMNS[attribute]} = $1 ORDER BY position`, [value]);

export const page = (table, limit, offset) =>
    send(pool, `${table}-page`, `SELECT ${ROW} FROM ${table} ORDER BY position LIMIT $1 OFFSET $2`, [limit, offset]);

export const count = async (table) =>
    Number((await send(pool, `${table}-count`, `SELECT count(*) FROM ${table}`, []))[0].count);

export const insert = async (table, id, keys, document) =>
    (await send(pool, `${table}-insert`, `INSERT INTO ${table} (id, user_name, external_id, display_name, document)
        VALUES ($1, $2, $3, $4, $5) RETURNING ${ROW}`, [id, ...keys, document]))[0];

export const update = async (client, table, id, keys, document) =>
    (await send(client, `${table}-update`, `UPDATE ${table} SET user_name = $2, external_id = $3, display_name = $4,
        document = $5, version = version + 1, modified = now() WHERE id = $1 RETURNING ${ROW}`, [id, ...keys, document]))[0];

export const remove = async (table, id) =>
    (await send(pool, `${table}-delete`, `DELETE FROM ${table} WHERE id = $1 RETURNING id`, [id])).length > 0;
