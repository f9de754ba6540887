"""Compiles conditions to SQL expressions over a table described by its fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Float,
    and_,
    case,
    cast,
    exists,
    false,
    func,
    literal_column,
    not_,
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import JSONB

from domain.folding import fold
from domain.ids import UUID
from domain.queries.closed_words import one_word_of
from domain.queries.conditions import (
    AllOf,
    AnyElement,
    AnyOf,
    Column,
    Compare,
    Condition,
    ElementValue,
    Kind,
    Linked,
    Negated,
    OneOf,
    Op,
    ProfileValue,
    Words,
)
from domain.queries.json_values import boolean_of, number_of, text_of, value_at
from domain.queries.ranges import INSTANT_PATTERN
from domain.store.statement import (
    BOOLEAN,
    INSTANT,
    INTEGER,
    INTEGERS,
    KEY,
    TEXT,
    TEXTS,
    UUID_TYPE,
    UUIDS,
    parameter,
)

Expression = Any
"""A boolean SQL expression; SQLAlchemy's own type does not survive its operators."""

_ESCAPE = "\\"
_LIKE = {Op.CONTAINS, Op.STARTS, Op.ENDS}


@dataclass(frozen=True, slots=True)
class FieldColumn:
    """How a named field is compared.

    `folded` columns hold folded text; `lowered` ones are compared in the database's lower case.
    """

    column: Any
    type: Any = TEXT
    folded: bool = False
    lowered: bool = False
    elsewhere: Callable[[Any], Any] | None = None
    """Further places where an equal value counts: from the bound value to an expression."""
    translated: Callable[[Any], Any] | None = None
    """From the bound value to what the column is compared with, where that is something else."""


@dataclass(frozen=True, slots=True)
class Queried:
    """A table that conditions can be asked of."""

    fields: Mapping[str, FieldColumn]
    profile: Any
    linked: Callable[[Any | None], Expression]


Step = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class CompiledCondition:
    """An expression with parameters `p0`, `p1` …, and how values become parameters."""

    expression: Expression
    steps: tuple[Step, ...]
    terms: tuple[Expression, ...]
    """Those of an `AllOf`, else the expression alone."""

    def parameters(self, values: list[Any]) -> dict[str, Any]:
        """The parameters for the values that `shape_of` collected."""
        pairs = zip(self.steps, values, strict=True)
        return {f"p{index}": step(value) for index, (step, value) in enumerate(pairs)}


def compile_condition(condition: Condition, queried: Queried) -> CompiledCondition:
    """The condition as SQL over a queried table."""
    compiler = _Compiler(queried)
    several = condition.terms if isinstance(condition, AllOf) else (condition,)
    terms = tuple(compiler.expression(term, None) for term in several)
    return CompiledCondition(and_(true(), *terms), tuple(compiler.steps), terms)


class _Compiler:
    """One compilation; counts parameters and nested elements."""

    def __init__(self, queried: Queried) -> None:
        self._queried = queried
        self._elements = 0
        self.steps: list[Step] = []

    def _bind(self, kind: Any, *steps: Step) -> Any:
        def prepare(value: Any) -> Any:
            for step in steps:
                value = step(value)
            return value

        self.steps.append(prepare)
        return parameter(f"p{len(self.steps) - 1}", kind)

    def expression(self, condition: Condition, element: Any) -> Expression:
        match condition:
            case AllOf(terms):
                return and_(true(), *[self.expression(term, element) for term in terms])
            case AnyOf(terms):
                return or_(false(), *[self.expression(term, element) for term in terms])
            case Negated(term):
                return not_(func.coalesce(self.expression(term, element), false()))
            case Linked(id_):
                return self._queried.linked(None if id_ is None else self._bind(UUID_TYPE))
            case OneOf(field, _):
                spec = self._queried.fields[field.name]
                kind = {UUID_TYPE: UUIDS, INTEGER: INTEGERS}.get(spec.type, TEXTS)
                steps = [_fold_each] if spec.folded else []
                return spec.column == func.any(self._bind(kind, *steps))
            case Words(field, words):
                return one_word_of(self._queried.fields[field.name].column, words)
            case AnyElement(path, inner):
                return self._any_element(path, inner, element)
            case Compare(Column(name), op, value):
                return self._column(self._queried.fields[name], op, value)
            case Compare(ProfileValue(path, kind), op, value):
                return self._json(value_at(self._queried.profile, path), kind, op, value)
            case Compare(ElementValue(path, kind), op, value):
                return self._json(value_at(element, path), kind, op, value)
            case _:
                raise TypeError(condition)

    def _any_element(self, path: tuple[str, ...], inner: Condition, element: Any) -> Expression:
        self._elements += 1
        source = value_at(self._queried.profile if element is None else element, path)
        # What is stored may be a single object where a list is meant.
        listed = case(
            (func.jsonb_typeof(source) == literal_column("'array'"), source),
            (
                or_(source.is_(None), func.jsonb_typeof(source) == literal_column("'null'")),
                literal_column("'[]'::jsonb"),
            ),
            else_=func.jsonb_build_array(source),
        )
        row = (
            func.jsonb_array_elements(listed)
            .table_valued("value", name=f"e{self._elements}")
            .render_derived()
        )
        each = cast(row.c.value, JSONB)
        return exists(
            select(literal_column("1")).select_from(row).where(self.expression(inner, each))
        )

    def _column(self, spec: FieldColumn, op: Op, value: Any) -> Expression:
        column = spec.column
        if op is Op.PRESENT:
            return column.isnot(None) if spec.type is not BOOLEAN else true()
        if value is None:
            return column.is_(None) if op is Op.EQ else column.isnot(None)
        if spec.lowered:
            column = func.lower(column)
        kind = KEY if spec.folded else spec.type
        steps: list[Step] = [fold] if spec.folded else []
        if spec.type is UUID_TYPE and not (isinstance(value, UUID) and op in {Op.EQ, Op.NE}):
            column, kind = cast(column, TEXT), TEXT
            steps.append(str)
        if op in _LIKE and not (op is Op.STARTS and spec.folded):
            steps.append(_escaped)
        bound = self._bind(kind, *steps)
        if spec.lowered:
            bound = func.lower(bound)
        if spec.translated is not None:
            bound = spec.translated(bound)
        if op is Op.STARTS and spec.folded:
            # A range, which an index serves whatever the plan.
            return and_(
                column >= bound, column < func.concat(bound, literal_column("chr(1114111)"))
            )
        found = _compare(column, op, bound)
        if spec.elsewhere is not None and op in {Op.EQ, Op.NE}:
            further = spec.elsewhere(bound)
            return or_(found, further) if op is Op.EQ else and_(found, not_(further))
        return found

    def _json(self, source: Any, kind: Kind, op: Op, value: Any) -> Expression:
        """Compare a JSON value; an absent one, or one of another type, equals nothing."""
        type_ = func.jsonb_typeof(source)
        text = text_of(source)
        if op is Op.PRESENT:
            return func.coalesce(
                type_.isnot(None)
                & source.notin_(
                    [literal_column(f"'{empty}'::jsonb") for empty in ('""', "[]", "{}", "null")]
                ),
                false(),
            )
        if value is None:
            absent = or_(source.is_(None), type_ == literal_column("'null'"))
            return absent if op is Op.EQ else not_(absent)
        typed: Any
        like: list[Step] = [_escaped] if op in _LIKE else []
        match kind, value:
            case Kind.BOOLEAN, bool():
                typed = boolean_of(source)
                bound = self._bind(BOOLEAN)
            case Kind.NUMBER, int() | float():
                typed = number_of(source)
                bound = self._bind(Float())
            case Kind.INSTANT, datetime():
                typed = case(
                    (
                        text.regexp_match(literal_column(f"'{INSTANT_PATTERN}'")),
                        cast(text, INSTANT),
                    ),
                    else_=None,
                )
                bound = self._bind(INSTANT)
            case Kind.EXACT, _:
                typed, bound = text, self._bind(TEXT, str, *like)
            case _:
                typed, bound = func.lower(text), func.lower(self._bind(TEXT, str, *like))
        return func.coalesce(_compare(typed, op, bound), false())


def _compare(left: Any, op: Op, right: Any) -> Expression:
    match op:
        case Op.EQ:
            return left == right
        case Op.NE:
            return left.is_distinct_from(right)
        case Op.CONTAINS:
            return left.like(func.concat("%", right, "%"), escape=_ESCAPE)
        case Op.STARTS:
            return left.like(func.concat(right, "%"), escape=_ESCAPE)
        case Op.ENDS:
            return left.like(func.concat("%", right), escape=_ESCAPE)
        case Op.GT:
            return left > right
        case Op.GE:
            return left >= right
        case Op.LT:
            return left < right
        case Op.LE:
            return left <= right
        case Op.PRESENT:
            return left.isnot(None)


def _fold_each(values: list[str]) -> list[str]:
    return [fold(value) for value in values]


def _escaped(value: Any) -> Any:
    """A text that stands for itself inside LIKE."""
    if not isinstance(value, str):
        return str(value)
    doubled = value.replace(_ESCAPE, _ESCAPE * 2)
    return doubled.replace("%", _ESCAPE + "%").replace("_", _ESCAPE + "_")
