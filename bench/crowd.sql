-- Statements that fill one organization ($1) with rows of one kind ($2 of them) from an instant ($3)
-- on. Each begins with a line that names its kind; ids are numbers, made by pg_temp.id.

-- members
INSERT INTO members (
    organization_id, id, user_name, user_name_key, email, email_key, external_id, display_name,
    display_name_key, given_name, family_name, profile, role, stage, revoked_at, source, accepted_at,
    confirmed_at, created_at, updated_at, version
)
SELECT
    $1, pg_temp.id('8000', n), 'user' || n, 'user' || n, 'user' || n || '@example.com',
    'user' || n || '@example.com', CASE WHEN n % 50 <> 7 THEN 'ext-' || n END,
    given || ' ' || family, lower(given || ' ' || family), given, family, '{}',
    CASE WHEN n % 5000 = 9 THEN 'ADMIN' WHEN n % 20000 = 10 THEN 'OWNER' ELSE 'USER' END,
    CASE n % 100
        WHEN 0 THEN 'ACCEPTED' WHEN 1 THEN 'STAGED' WHEN 2 THEN 'INVITED' ELSE 'CONFIRMED'
    END,
    CASE WHEN n % 200 = 3 THEN now() END,
    CASE WHEN n % 1000 = 11 THEN 'CLI' ELSE 'SCIM' END,
    CASE WHEN n % 100 NOT IN (1, 2) THEN pg_temp.at($3, n::bigint * 7919 % $2) END,
    CASE WHEN n % 100 > 2 THEN pg_temp.at($3, n::bigint * 7919 % $2) END,
    pg_temp.at($3, n), pg_temp.at($3, n::bigint * 104729 % $2), 1
FROM
    generate_series(1, $2::int) AS numbers (n),
    LATERAL (SELECT pg_temp.given(n) AS given, pg_temp.family(n) AS family) AS names;

-- members
INSERT INTO invitations (
    organization_id, id, member_id, email, token_hash, state, queued_at, due_at, expires_at
)
SELECT
    $1, pg_temp.id('a000', n), pg_temp.id('8000', n), 'user' || n || '@example.com', '',
    CASE WHEN n % 5000 = 4 THEN 'BOUNCED' WHEN n % 100 = 2 THEN 'SENT' ELSE 'ACCEPTED' END,
    pg_temp.at($3, n), $3, $3
FROM generate_series(1, $2::int) AS numbers (n);

-- groups
INSERT INTO groups (
    organization_id, id, display_name, display_name_key, external_id, source, created_at,
    updated_at, version
)
SELECT
    $1, pg_temp.id('9000', n), 'Team ' || pg_temp.family(n) || ' ' || n,
    lower('Team ' || pg_temp.family(n) || ' ' || n), CASE WHEN n % 50 <> 7 THEN 'grp-' || n END,
    CASE WHEN n % 1000 = 11 THEN 'CLI' ELSE 'SCIM' END, pg_temp.at($3, n),
    pg_temp.at($3, n::bigint * 7919 % $2), 1
FROM generate_series(1, $2::int) AS numbers (n);

-- groups: the first has everyone
INSERT INTO group_members (organization_id, group_id, member_id)
SELECT $1, pg_temp.id('9000', 1), id FROM members WHERE organization_id = $1;

-- groups: the others about twenty each
INSERT INTO group_members (organization_id, group_id, member_id)
SELECT DISTINCT
    $1::uuid, pg_temp.id('9000', n), pg_temp.id('8000', 1 + (n * 104729 + k * 7919) % people.number)
FROM
    generate_series(2, $2::bigint) AS numbers (n),
    generate_series(1, 20) AS places (k),
    (
        SELECT count(*) AS number FROM members
        WHERE organization_id = $1 AND id < '01000000-0000-0000-0000-000000000000'
    ) AS people;

-- events: the first positions are left to what the server itself records
INSERT INTO audit_events (
    organization_id, id, recorded_at, action, origin, actor_kind, actor_id, actor_label,
    subject_kind, subject_id, subject_label, changes, correlation_id, request_id, position,
    occurred_at, previous_hash, hash
)
SELECT
    $1, gen_random_uuid(), $3,
    CASE
        WHEN n % 5000 = 4999 THEN 'member.removed' WHEN n % 500 = 0 THEN 'member.revoked'
        WHEN n % 10 = 0 THEN 'group.members_changed' ELSE 'member.updated'
    END,
    CASE WHEN n % 1000 = 17 THEN 'CLI' WHEN n % 100 = 5 THEN 'ADMIN_API' ELSE 'SCIM' END,
    'SCIM_CONNECTION', pg_temp.id('c000', CASE WHEN n % 1000 = 17 THEN 2 ELSE 1 END), 'x',
    CASE WHEN n % 10 = 0 AND n % 500 <> 0 THEN 'GROUP' ELSE 'MEMBER' END,
    CASE
        WHEN n % 10 = 0 AND n % 500 <> 0 THEN pg_temp.id('9000', 1 + n % 5000)
        WHEN n % 4 = 1 THEN pg_temp.id('8000', 1 + n % 40)
        ELSE pg_temp.id('8000', 1 + n % 50000)
    END,
    'y', '[]', pg_temp.id('d000', n), gen_random_uuid(), 1000 + n, pg_temp.at($3, n), '', ''
FROM generate_series(1, $2::int) AS numbers (n);

-- requests
INSERT INTO provisioning_requests (
    organization_id, id, position, received_at, duration_ms, method, path, operation,
    resource_type, subject_kind, subject_id, subject_label, status_code, outcome, warnings,
    warning_names, changed_attributes, provider, request_body, correlation_id
)
SELECT
    $1, pg_temp.id('e000', n), n, pg_temp.at($3, n),
    CASE WHEN n % 20000 = 77 THEN 900 ELSE n % 40 END,
    CASE WHEN n % 10 = 0 THEN 'PATCH' ELSE 'GET' END, '/Users/' || n % 50000,
    CASE WHEN n % 20000 = 78 THEN 'DELETE' WHEN n % 10 = 0 THEN 'PATCH' ELSE 'READ' END,
    CASE WHEN n % 7 = 0 THEN 'GROUP' ELSE 'USER' END, 'MEMBER',
    pg_temp.id('8000', 1 + n % 50000), 'user' || n % 50000,
    CASE WHEN n % 20000 = 79 THEN 500 WHEN n % 1000 = 1 THEN 409 ELSE 200 END,
    CASE
        WHEN n % 20000 = 79 THEN 'FAILED' WHEN n % 1000 = 1 THEN 'REJECTED'
        WHEN n % 10 = 0 THEN 'APPLIED' ELSE 'UNCHANGED'
    END,
    '{}', '{}',
    CASE
        WHEN n % 20000 = 80 THEN '{title}'::text[]
        WHEN n % 10 = 0 THEN '{active,name.familyName}'::text[] ELSE '{}'::text[]
    END,
    'OKTA',
    CASE WHEN n % 10 = 0 THEN '{"Operations":[{"op":"replace","value":{"active":true}}]}' END,
    gen_random_uuid()
FROM generate_series(1, $2::int) AS numbers (n);

-- held
INSERT INTO deprovision_guards (organization_id, state, since, passed, last_ordinal)
SELECT $1, 'HOLDING', $3::timestamptz, 0, 0 WHERE $2::int > 0;

-- held
INSERT INTO held_deprovisionings (
    organization_id, id, member_id, member_label, action, held_at, request_id
)
SELECT
    $1, pg_temp.id('b000', n), pg_temp.id('8000', n), 'y', 'REVOKE', $3::timestamptz,
    gen_random_uuid()
FROM generate_series(1, $2::int) AS numbers (n);
