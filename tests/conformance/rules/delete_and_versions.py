"""DELETE, and requests under a condition."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from tests.conformance.client import Answer, Client, members_of, name, path_of
from tests.conformance.registry import rule

TITLE = {"op": "replace", "path": "title", "value": "x"}


def _both(acme: Client) -> tuple[Answer, Answer]:
    user = acme.user()
    return user, acme.group(user.id)


@rule("DEL-01")
def a_deletion_has_no_content(acme: Client) -> None:
    """DELETE is answered 204 without a body."""
    for made in _both(acme)[::-1]:
        answer = acme.delete(path_of(made))
        assert (answer.status, answer.content) == (204, b"")
        assert "content-type" not in answer.headers


@rule("DEL-02")
def what_is_deleted_is_gone(acme: Client) -> None:
    """After a DELETE, GET, PUT, PATCH and DELETE are 404."""
    for made in _both(acme)[::-1]:
        path = path_of(made)
        acme.delete(path)
        body = {"userName": name(), "displayName": name()}
        answers = (acme.get(path), acme.put(path, body), acme.patch(path, TITLE), acme.delete(path))
        assert [answer.error for answer in answers] == [(404, None)] * 4


@rule("DEL-03")
def what_is_deleted_is_not_listed(acme: Client) -> None:
    """What is deleted is in no list and found by no filter."""
    made, stays = acme.user(), acme.user()
    acme.delete(path_of(made))
    listed = acme.get("/Users")
    assert (listed["totalResults"], listed.ids) == (1, [stays.id])
    assert acme.find(f'userName eq "{made["userName"]}"') == []
    assert acme.search(filter=f'id eq "{made.id}"').ids == []


@rule("DEL-04")
def a_name_is_free_after_deletion(acme: Client) -> None:
    """The userName of what was deleted can be created again, with a new id."""
    made = acme.user()
    acme.delete(path_of(made))
    again = acme.post("/Users", {"userName": made["userName"]})
    assert (again.status, again["userName"]) == (201, made["userName"])
    assert again.id != made.id


@rule("DEL-05")
def deletion_ends_memberships(acme: Client) -> None:
    """A deleted user is in no group, and a deleted group is with no user."""
    user, group = _both(acme)
    other = acme.user()
    acme.patch(path_of(group), {"op": "add", "path": "members", "value": [{"value": other.id}]})
    acme.delete(path_of(user))
    assert members_of(acme.resource(group)) == {other.id}
    acme.delete(path_of(group))
    assert acme.resource(other)["groups"] == []


@rule("DEL-06")
def a_second_deletion_finds_nothing(acme: Client) -> None:
    """A second DELETE is 404."""
    for made in _both(acme):
        first, second = acme.delete(path_of(made)), acme.delete(path_of(made))
        assert (first.status, second.error) == (204, (404, None))


@rule("DEL-07")
def inactive_is_not_deleted(acme: Client) -> None:
    """A user who is not active can be read and found, and keeps the groups."""
    user, group = _both(acme)
    off = acme.patch(path_of(user), {"op": "replace", "path": "active", "value": False})
    assert (off["active"], off.id) == (False, user.id)
    assert acme.find(f'userName eq "{user["userName"]}"') == [user.id]
    assert [one["value"] for one in acme.resource(user)["groups"]] == [group.id]
    assert members_of(acme.resource(group)) == {user.id}


@rule("ETG-01")
def answers_carry_the_entity_tag(acme: Client) -> None:
    """Answers about one resource carry its ETag, equal to meta.version."""
    for made in _both(acme):
        path = path_of(made)
        body = {"userName": made["userName"] or name(), "displayName": name()}
        answers = [made, acme.get(path), acme.put(path, body)]
        answers.append(acme.patch(path, TITLE | {"path": "displayName", "value": name()}))
        for answer in answers:
            assert answer.version.startswith('W/"')
            assert answer.status == 204 or answer.version == answer.meta["version"]
        assert acme.get(path).version == answers[-1].version
        assert len({answer.version for answer in answers}) == 3


@rule("ETG-02")
def an_unchanged_resource_is_not_sent_again(acme: Client) -> None:
    """GET with the present version in If-None-Match is 304 without a body, with another 200."""
    for made in _both(acme):
        path = path_of(made)
        same = acme.get(path, If_None_Match=acme.get(path).version)
        assert (same.status, same.content) == (304, b"")
        assert same.version == acme.get(path).version
        assert acme.send("HEAD", path, None, {"If-None-Match": same.version}).status == 304
        other = acme.get(path, If_None_Match='W/"999"')
        assert (other.status, other.id) == (200, made.id)
        assert acme.get(path, If_Match='W/"999"').error == (412, None)
        assert acme.get(path, If_Match=other.version).id == made.id


@rule("ETG-03")
def a_change_can_insist_on_a_version(acme: Client) -> None:
    """PUT, PATCH and DELETE that insist on another version are 412 and change nothing."""
    for made in _both(acme):
        path, before = path_of(made), acme.get(path_of(made))
        body = {"userName": name(), "displayName": name()}
        stale = {"If_Match": 'W/"999"'}
        answers = (
            acme.put(path, body, **stale),
            acme.patch(path, TITLE, **stale),
            acme.delete(path, **stale),
        )
        assert [answer.error for answer in answers] == [(412, None)] * 3
        assert acme.get(path).json == before.json
        for known in (before.version, "*"):
            assert acme.put(path, body, If_None_Match=known).error == (412, None)
            assert acme.delete(path, If_None_Match=known).error == (412, None)
        assert acme.get(path).json == before.json
        assert acme.put(path, body, If_Match=before.version).status == 200
        newer = acme.patch(path, TITLE | {"path": "externalId"}, If_None_Match=before.version)
        assert newer.status in {200, 204}


@rule("ETG-04")
def entity_tags_are_compared_by_their_value(acme: Client) -> None:
    """* matches every version, a list any of its tags, and weak tags compare by their value."""
    made = acme.user()
    path = path_of(made)

    def put(condition: str) -> int:
        body = {"userName": made["userName"], "title": name()}
        return acme.put(path, body, If_Match=condition).status

    assert put("*") == 200
    assert put(f'W/"998", {acme.get(path).version}, "999"') == 200
    assert put(acme.get(path).version.removeprefix("W/")) == 200
    for other in ('"999"', "W/999", "nonsense", made.version or '"x"'):
        assert put(other) == 412, other
    assert acme.get(path, If_None_Match="*").status == 304


@rule("ETG-05")
def no_condition_is_needed(acme: Client) -> None:
    """Without If-Match every change is made."""
    user, group = _both(acme)
    assert acme.patch(path_of(user), TITLE)["title"] == "x"
    assert acme.put(path_of(user), {"userName": user["userName"]}).version != user.version
    assert acme.delete(path_of(group)).status == 204


@rule("ETG-06")
def of_two_writers_one_wins(acme: Client) -> None:
    """Of several writers with the same version exactly one succeeds."""
    made = acme.user()
    twins = [acme.twin() for _ in range(4)]

    def write(twin: Client) -> int:
        operation = TITLE | {"value": name()}
        return twin.patch(path_of(made), operation, If_Match=made.version).status

    with ThreadPoolExecutor(len(twins)) as pool:
        statuses = sorted(pool.map(write, twins))
    for twin in twins:
        twin.close()
    assert statuses == [200, 412, 412, 412]


@rule("ETG-07")
def a_version_stands_for_a_representation(acme: Client) -> None:
    """The version changes with the resource, and only then."""
    made = acme.user(title="x")
    path = path_of(made)
    assert acme.patch(path, TITLE).version == made.version != ""
    changed = acme.patch(path, TITLE | {"value": "y"})
    assert changed.version not in {"", made.version}
    back = acme.patch(path, TITLE)
    assert back.version not in {made.version, changed.version}
    assert acme.get(path).version == back.version
