-- What both peers keep: the resource as JSON, and the columns that lookups need, folded.
CREATE TABLE users (
    id text PRIMARY KEY,
    position bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    user_name text NOT NULL UNIQUE,
    external_id text,
    display_name text,
    version bigint NOT NULL DEFAULT 1,
    created timestamptz NOT NULL DEFAULT now(),
    modified timestamptz NOT NULL DEFAULT now(),
    document jsonb NOT NULL
);
CREATE INDEX users_external_id ON users (external_id);
CREATE INDEX users_display_name ON users (display_name);

CREATE TABLE groups (LIKE users INCLUDING ALL);
ALTER TABLE groups ALTER COLUMN user_name DROP NOT NULL;
