-- $1: how many. The same person as the load generator makes, as a peer would have stored it.
INSERT INTO users (id, user_name, external_id, display_name, document)
SELECT
    replace(gen_random_uuid()::text, '-', ''),
    address,
    'ext-seed-' || n,
    lower('Given Family' || n),
    jsonb_build_object(
        'schemas', jsonb_build_array('urn:ietf:params:scim:schemas:core:2.0:User'),
        'userName', address,
        'externalId', 'ext-seed-' || n,
        'name', jsonb_build_object(
            'givenName', 'Given', 'familyName', 'Family' || n, 'formatted', 'Given Family' || n
        ),
        'displayName', 'Given Family' || n,
        'active', true,
        'emails', jsonb_build_array(
            jsonb_build_object('value', address, 'type', 'work', 'primary', true)
        )
    )
FROM generate_series(1, $1::int) AS n, LATERAL (SELECT 'seed-' || n || '@example.com') AS a (address)
ORDER BY n
RETURNING id, user_name
