-- $1: how many members; the first users become members.
INSERT INTO groups (id, display_name, document)
SELECT
    replace(gen_random_uuid()::text, '-', ''),
    'group of ' || $1::int,
    jsonb_build_object(
        'schemas', jsonb_build_array('urn:ietf:params:scim:schemas:core:2.0:Group'),
        'displayName', 'Group of ' || $1::int,
        'members', jsonb_agg(jsonb_build_object('value', member.id) ORDER BY member.position)
    )
FROM (SELECT id, position FROM users ORDER BY position LIMIT $1::int) AS member
RETURNING id
