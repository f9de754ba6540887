"""Every deviation from the standard that is tolerated, by name, and the sentence it leaves."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

MAX_SENTENCES = 50
MAX_CONTEXT_CHARACTERS = 80


class Deviation(StrEnum):
    """A tolerated departure from RFC 7643 and 7644; the value is its name in logs and counters."""

    UPPER_CASE_OP = "upper_case_op"
    STRING_BOOLEAN = "string_boolean"
    ARRAY_BOOLEAN = "array_boolean"
    VALUE_IN_REMOVE = "value_in_remove"
    PATHLESS_KEY_IS_PATH = "pathless_key_is_path"
    UNQUOTED_FILTER_VALUE = "unquoted_filter_value"
    SINGLE_QUOTED_VALUE = "single_quoted_value"
    SCHEMAS_MISSING = "schemas_missing"
    SCHEMAS_FOREIGN = "schemas_foreign"
    UNKNOWN_ATTRIBUTE = "unknown_attribute"
    UNKNOWN_EXTENSION = "unknown_extension"
    UNQUALIFIED_EXTENSION = "unqualified_extension"
    READ_ONLY_IGNORED = "read_only_ignored"
    BLANK_CLEARED = "blank_cleared"
    OBJECT_FOR_LIST = "object_for_list"
    STRING_FOR_ELEMENT = "string_for_element"
    JSON_STRING_ELEMENT = "json_string_element"
    STRING_FOR_OBJECT = "string_for_object"
    LIST_FOR_OBJECT = "list_for_object"
    MANAGER_ID = "manager_id"
    MEMBER_WITHOUT_OBJECT = "member_without_object"
    MEMBERS_WRAPPED = "members_wrapped"
    VALUE_IN_PATH = "value_in_path"
    ELEMENT_CREATED = "element_created"
    ELEMENT_CHOSEN = "element_chosen"
    DUPLICATE_PRIMARY = "duplicate_primary"
    DUPLICATE_ELEMENT = "duplicate_element"
    CREDENTIAL_DROPPED = "credential_dropped"


SENTENCES: dict[Deviation, str] = {
    Deviation.UPPER_CASE_OP: "The operation name {given} was read as {read}.",
    Deviation.STRING_BOOLEAN: "{attribute} was sent as a string and read as a boolean.",
    Deviation.ARRAY_BOOLEAN: "{attribute} was sent as a one-element list and read as a boolean.",
    Deviation.VALUE_IN_REMOVE: "A remove of {attribute} carried values; only those were removed.",
    Deviation.PATHLESS_KEY_IS_PATH: "The key {key} of an operation without path was read as path.",
    Deviation.UNQUOTED_FILTER_VALUE: "An unquoted value in a filter was read as a string.",
    Deviation.SINGLE_QUOTED_VALUE: "A value in single quotes in a filter was read as a string.",
    Deviation.SCHEMAS_MISSING: "schemas is missing; the endpoint decided what the body is.",
    Deviation.SCHEMAS_FOREIGN: "The schema {urn} is not one of this server and was passed over.",
    Deviation.UNKNOWN_ATTRIBUTE: "The attribute {attribute} is unknown and was dropped.",
    Deviation.UNKNOWN_EXTENSION: "The extension {urn} is unknown and was dropped.",
    Deviation.UNQUALIFIED_EXTENSION: "{attribute} was read as the attribute of {urn}.",
    Deviation.READ_ONLY_IGNORED: "{attribute} is read-only and was ignored.",
    Deviation.BLANK_CLEARED: "{attribute} was sent blank or null and counts as not assigned.",
    Deviation.OBJECT_FOR_LIST: "{attribute} was sent as one value and read as a list of one.",
    Deviation.STRING_FOR_ELEMENT: "A value of {attribute} was a plain string, read as object.",
    Deviation.JSON_STRING_ELEMENT: "A value of {attribute} is encoded JSON and was kept as text.",
    Deviation.STRING_FOR_OBJECT: "{attribute} was sent as a string and read as its value.",
    Deviation.LIST_FOR_OBJECT: "{attribute} was sent as a list and its only element was taken.",
    Deviation.MANAGER_ID: "managerId of SCIM 1.1 was read as manager.value.",
    Deviation.MEMBER_WITHOUT_OBJECT: "A member was sent as a plain id instead of an object.",
    Deviation.MEMBERS_WRAPPED: "The members were wrapped in an object named members.",
    Deviation.VALUE_IN_PATH: "What to add to {attribute} was named in the path, not in value.",
    Deviation.ELEMENT_CREATED: "{path} matched nothing; a value that fits the filter was created.",
    Deviation.ELEMENT_CHOSEN: "{path} names no single value; the primary or first one was changed.",
    Deviation.DUPLICATE_PRIMARY: "{attribute} had several primary values; the last one stays so.",
    Deviation.DUPLICATE_ELEMENT: "{attribute} held the same type and value twice; one was kept.",
    Deviation.CREDENTIAL_DROPPED: "password was received and dropped; it is never stored.",
}


class Warnings:
    """Collects what was tolerated in one request: sentences in order, each once, at most 50."""

    __slots__ = ("_deviations", "_names", "_sentences")

    def __init__(self) -> None:
        self._sentences: dict[str, None] = {}
        self._names: dict[str, None] = {}
        self._deviations: dict[Deviation, int] = {}

    def add(self, deviation: Deviation, **context: object) -> None:
        """Note a deviation; `context` fills the gaps of its sentence."""
        self._deviations[deviation] = self._deviations.get(deviation, 0) + 1
        self._names[deviation.value] = None
        if len(self._sentences) < MAX_SENTENCES:
            self._sentences[SENTENCES[deviation].format_map(_Clipped(context))] = None

    def note(self, name: str, sentence: str) -> None:
        """Keep a sentence of the caller's own, for what this layer cannot know, and its name."""
        self._names[name] = None
        if len(self._sentences) < MAX_SENTENCES:
            self._sentences[sentence] = None

    @property
    def sentences(self) -> list[str]:
        return list(self._sentences)

    @property
    def names(self) -> list[str]:
        """What the sentences say, by name: of deviations and of the caller's own notes."""
        return list(self._names)

    @property
    def counts(self) -> dict[Deviation, int]:
        """How often each deviation was met, also past the bound of the sentences."""
        return dict(self._deviations)

    def __bool__(self) -> bool:
        return bool(self._sentences)

    def __iter__(self) -> Iterator[str]:
        return iter(self._sentences)


class _Clipped(dict[str, object]):
    """Context for a sentence whose values cannot grow it without bound."""

    def __getitem__(self, key: str) -> str:
        text = str(super().__getitem__(key))
        if len(text) > MAX_CONTEXT_CHARACTERS:
            return text[: MAX_CONTEXT_CHARACTERS - 1] + "…"
        return text
