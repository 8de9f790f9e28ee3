"""Random SOQL over the objects that are declared; most of it is right, some of it nearly so."""

from collections.abc import Callable
from random import Random
from typing import Final

from promotions.dictionary import Field
from promotions.sobjects.declare import SObject, children_of, every_sobject, sobject
from promotions.sobjects.soql.tree import AGGREGATES, DATE_FUNCTIONS
from tests.fuzzing.values import Values

_OPERATORS: Final = ("=", "!=", "<>", "<", "<=", ">", ">=")
_NUMBERS: Final = ("int", "double", "currency", "percent")
_WILD: Final = 0.2
"""The share of what is wrong or odd in wild queries; there is little of it in the others."""
_TAME: Final = 0.004
_NO_FIELDS: Final = ("Nothing", "Foo__c", "Owner.Owner.Owner", "Id.Id", "COUNT", "Ïd", "1", "Name.")
_OF_MOMENTS: Final = frozenset({"DAY_ONLY", "HOUR_IN_DAY"})
_DEEPEST: Final = 2


class Queries:
    """Writes queries; the same ``chance`` writes the same ones."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        self.values = Values(chance, _WILD if chance.random() < 0.3 else _TAME)
        self._objects = every_sobject()

    def query(self) -> str:
        one = self._chance.choice(self._objects)
        kind = self._chance.random()
        if kind < 0.06:
            return self._ended(f"SELECT COUNT() FROM {one.name}{self._where(one)}", one)
        if kind < 0.3:
            return self._grouped(one)
        if kind < 0.36:
            which = self.values.one_of(("ALL", "STANDARD", "CUSTOM", "all"), ("NONE",))
            more = ", " + self._path(one)[0] if self.values.odd() else ""
            limit = self.values.one_of(("5", "200"), ("201", "0"))
            limited = self._likely(0.95, f" LIMIT {limit}")
            return f"SELECT FIELDS({which}){more} FROM {one.name}{self._where(one)}{limited}"
        return self._plain(one)

    def condition(self, one: SObject) -> str:
        """What may stand behind WHERE."""
        return self._condition(one, 0)

    def fields(self, one: SObject) -> str:
        """Some fields, with a comma between them."""
        return ", ".join(self._different(one, self._chance.randint(1, 5)))

    def order(self, one: SObject) -> str:
        """What may stand behind ORDER BY."""
        ways = ("", "", " ASC", " DESC")
        nulls = ("", "", " NULLS FIRST", " NULLS LAST")
        return ", ".join(
            self._path(one, lambda field: field.sortable)[0]
            + self._chance.choice(ways)
            + self._chance.choice(nulls)
            for _ in range(self._chance.choice((1, 1, 2, 4)))
        )

    # --- Clauses --------------------------------------------------------------------------------

    def _plain(self, one: SObject) -> str:
        fields = self._different(one, self._chance.choice((1, 2, 3, 6)))
        selected = [self._shown(path) for path in fields] + self._lists(one)
        alias = self._chance.choice(("", "", "", " p", " AS q"))
        scope = self.values.one_of(("everything",), ("mine", "x"))
        scope = self._likely(0.05, f" USING SCOPE {scope}")
        text = f"SELECT {', '.join(selected)} FROM {one.name}{alias}{scope}{self._where(one)}"
        text += self._likely(0.05, " WITH SECURITY_ENFORCED")
        return self._ended(text + self._likely(0.5, f" ORDER BY {self.order(one)}"), one)

    def _ended(self, text: str, one: SObject) -> str:
        text += self._likely(0.4, f" LIMIT {self.values.limit()}")
        text += self._likely(0.15, f" OFFSET {self.values.offset()}")
        marks = self.values.one_of(("VIEW", "REFERENCE", "VIEW, REFERENCE"), ("UPDATE", "NO"))
        text += self._likely(0.05, f" FOR {marks}")
        return text + (" ALL ROWS" if self.values.odd() else "")

    def _grouped(self, one: SObject) -> str:
        chance = self._chance
        groups = [self._group(one) for _ in range(chance.choice((0, 1, 1, 2, 3)))]
        groups = list({group.lower(): group for group in groups}.values())
        shown = [self._aggregate(one) for _ in range(chance.choice((0, 1, 1, 2)))]
        shown += [group for group in groups if chance.random() < 0.8]
        shown = [one + self._likely(0.3, f" a{n}") for n, one in enumerate(shown)] or ["COUNT(Id)"]
        text = f"SELECT {', '.join(shown)} FROM {one.name}{self._where(one)}"
        if not groups:
            return text
        listed = ", ".join(groups)
        text += (
            f" GROUP BY {chance.choice((listed, listed, f'ROLLUP({listed})', f'CUBE({listed})'))}"
        )
        if chance.random() < 0.3:
            left = chance.choice((f"COUNT({self._path(one)[0]})", "COUNT(Id)"))
            text += f" HAVING {left} {chance.choice(_OPERATORS)} {self.values.value('int')}"
        if chance.random() < 0.4:
            key = self.values.one_of((*groups, "COUNT(Id)"), (self._aggregate(one), "a0", "expr0"))
            text += f" ORDER BY {key} {chance.choice(('', 'DESC NULLS LAST'))}"
        return self._ended(text, one)

    def _group(self, one: SObject) -> str:
        path, field = self._path(one, lambda field: field.groupable or field.type == "dateTime")
        if (field is not None and field.type in ("date", "dateTime")) or self.values.odd():
            return self._date_function(path, field)
        return path

    def _date_function(self, path: str, field: Field | None) -> str:
        is_moment = field is not None and field.type == "dateTime"
        names = DATE_FUNCTIONS if is_moment or self.values.odd() else DATE_FUNCTIONS - _OF_MOMENTS
        if is_moment and self._chance.random() < 0.3:
            path = f"convertTimezone({path})"
        return f"{self._chance.choice(sorted(names))}({path})"

    def _aggregate(self, one: SObject) -> str:
        name = self._chance.choice(sorted(AGGREGATES))
        types = _NUMBERS if name in ("SUM", "AVG") else (*_NUMBERS, "date", "dateTime", "string")
        path = self._path(one, lambda field: field.type in types)[0]
        call = f"{name}({path})"
        return self.values.one_of((call, call, f"FORMAT({call})"), (f"GROUPING({path})",))

    def _shown(self, path: str) -> str:
        """What is selected of a field: seldom more than the field itself."""
        kind = self._chance.random()
        if kind < 0.04:
            return f"toLabel({path}) l{self._chance.randrange(10**6)}"
        if kind < 0.08:
            return f"FORMAT({path}) f{self._chance.randrange(10**6)}"
        return f"TYPEOF {path} WHEN Contact THEN Id END" if self.values.odd() else path

    def _lists(self, one: SObject) -> list[str]:
        """Records that name those of the object."""
        found = [(child, name) for child, _, name in children_of(one) if name]
        wanted = self._chance.choice((0, 0, 0, 1, 2))
        chosen = self._chance.sample(found, min(wanted, len(found)))
        lists = [self._list(child, name) for child, name in chosen]
        if self.values.odd():
            lists.append(f"(SELECT Id FROM {self._chance.choice(('Nothings', 'Promotions'))})")
        return lists

    def _list(self, child: SObject, name: str) -> str:
        text = f"SELECT {self.fields(child)} FROM {name}{self._where(child, 1)}"
        text += self._likely(0.4, f" ORDER BY {self.order(child)}")
        text += self._likely(0.3, f" LIMIT {self.values.limit()}")
        return f"({text}{self._likely(0.1, f' OFFSET {self.values.offset()}')})"

    # --- Conditions -----------------------------------------------------------------------------

    def _where(self, one: SObject, depth: int = 0) -> str:
        return self._likely(0.6, f" WHERE {self._condition(one, depth)}")

    def _condition(self, one: SObject, depth: int) -> str:
        chance = self._chance
        kind = chance.random()
        if depth <= _DEEPEST and kind < 0.3:
            word = chance.choice((" AND ", " OR "))
            parts = [self._condition(one, depth + 1) for _ in range(chance.choice((2, 2, 3)))]
            return f"({word.join(parts)})"
        if depth <= _DEEPEST and kind < 0.4:
            return f"(NOT {self._condition(one, depth + 1)})"
        if depth <= (_DEEPEST if self.values.odd() else 0) and kind < 0.6:
            return self._semi_join(one, depth)
        path, field = self._path(one, lambda field: field.filterable)
        type_ = None if field is None else field.type
        if type_ in ("date", "dateTime") and chance.random() < 0.2:
            path, type_ = self._date_function(path, field), "int"
        elif self.values.odd():
            path = f"{chance.choice((*sorted(DATE_FUNCTIONS), 'toLabel'))}({path})"
        if kind < 0.7:
            word = self.values.one_of(("IN", "NOT IN"), ("INCLUDES", "EXCLUDES"))
            count = chance.choice((1, 2, 5, 30)) if chance.random() < 0.97 else 2500
            listed = ", ".join(self.values.value(type_) for _ in range(count))
            return f"{path} {word} ({listed})"
        return f"{path} {self._operator(type_)} {self.values.value(type_)}"

    def _operator(self, type_: str | None) -> str:
        if self.values.odd():
            return self._chance.choice((*_OPERATORS, "LIKE", "like", "==", "!"))
        if type_ in ("boolean", "reference", "id"):
            return self._chance.choice(_OPERATORS[:3])
        if type_ in (*_NUMBERS, "date", "dateTime", None):
            return self._chance.choice(_OPERATORS)
        return self._chance.choice((*_OPERATORS, "LIKE", "like", "LIKE"))

    def _semi_join(self, one: SObject, depth: int) -> str:
        word = self._chance.choice(("IN", "NOT IN"))
        leading = [(child, field) for child, field, _ in children_of(one)]
        if leading and self._chance.random() < 0.7:
            child, field = self._chance.choice(leading)
            inner = f"SELECT {field.name} FROM {child.name}{self._where(child, depth + 1)}"
            return f"Id {word} ({inner})"
        references = [field for field in one.fields.values() if field.reference_to]
        other = self._chance.choice(self._objects)
        path = self._path(one)[0]
        if references and not self.values.odd():
            reference = self._chance.choice(references)
            other = sobject(self._chance.choice(reference.reference_to)) or other
            path = reference.name
        return f"{path} {word} (SELECT Id FROM {other.name}{self._where(other, depth + 1)})"

    # --- Names ----------------------------------------------------------------------------------

    def _different(self, one: SObject, number: int) -> list[str]:
        """Paths to so many fields, or fewer: mostly each once."""
        paths = [self._path(one)[0] for _ in range(number)]
        return paths if self.values.odd() else list({path.lower(): path for path in paths}.values())

    def _path(
        self, one: SObject, fits: Callable[[Field], bool] = lambda _: True
    ) -> tuple[str, Field | None]:
        """The path to a field, of the object or of a parent, and the field; seldom to none, or to
        one that doesn't fit."""
        chance = self._chance
        if chance.random() < self.values.wild / 5:
            return chance.choice(_NO_FIELDS), None
        names = [one.name] if chance.random() < 0.05 else []
        place: SObject = one
        while chance.random() < 0.3:
            references = [f for f in place.fields.values() if f.relationship_name]
            if not references:
                break
            reference = chance.choice(references)
            parent = sobject(chance.choice(reference.reference_to))
            if parent is None:
                break
            names.append(str(reference.relationship_name))
            place = parent
        fields = list(place.fields.values())
        fitting = [field for field in fields if fits(field)]
        field = chance.choice(fields if self.values.odd() or not fitting else fitting)
        path = ".".join([*names, field.name])
        return chance.choice((path, path, path, path.lower(), path.upper())), field

    def _likely(self, share: float, text: str) -> str:
        return text if self._chance.random() < share else ""
