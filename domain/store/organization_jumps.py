"""Finds the organizations that have rows of some kind, however many rows each of them has.

A recursive query jumps from organization to organization in an index that begins with it: it costs
a step for each organization that is found, not one for each row.
"""

from __future__ import annotations


def jumping(table: str, meets: str = "true", *, first_by: str | None = None) -> str:
    """The head of a statement, which may select from `found`: a row for each organization.

    Its columns are `organization_id` and, where it is given, `first_by`: the least of the rows of
    the organization that meet `meets`. All three are written by programmers, never by callers.
    """
    columns = "organization_id" if first_by is None else f"organization_id, {first_by}"
    return f"""
WITH RECURSIVE found AS (
  (SELECT {columns} FROM {table} WHERE {meets} ORDER BY {columns} LIMIT 1)
  UNION ALL
  SELECT following.* FROM found CROSS JOIN LATERAL (
    SELECT {columns} FROM {table}
    WHERE {meets} AND organization_id > found.organization_id
    ORDER BY {columns} LIMIT 1
  ) AS following
)
"""  # noqa: S608 made of constants


def organizations_with(
    table: str, meets: str = "true", *, first_by: str | None = None, where: str = "true"
) -> str:
    """The statement that answers their ids, in order, of those whose first row meets `where`."""
    head = jumping(table, meets, first_by=first_by)
    return f"{head}SELECT organization_id FROM found WHERE {where}"  # noqa: S608 made of constants
