"""Random SOQL over the objects that are declared; most of it is right, some of it nearly so."""

from random import Random
from typing import Final

from promotions.dictionary import Field
from promotions.sobjects.declare import SObject, children_of, every_sobject, sobject
from promotions.sobjects.soql.tree import AGGREGATES, DATE_FUNCTIONS
from tests.fuzzing import values

_OPERATORS: Final = ("=", "!=", "<>", "<", "<=", ">", ">=", "LIKE", "like")
_NO_FIELDS: Final = ("Nothing", "Foo__c", "Owner.Owner.Owner", "Id.Id", "COUNT", "Ïd", "1", "Name.")
_DEEPEST: Final = 2


class Queries:
    """Writes queries; the same ``chance`` writes the same ones."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        self._objects = every_sobject()

    def query(self) -> str:
        one = self._chance.choice(self._objects)
        kind = self._chance.random()
        if kind < 0.06:
            return self._ended(f"SELECT COUNT() FROM {one.name}{self._where(one)}", one)
        if kind < 0.3:
            return self._grouped(one)
        if kind < 0.36:
            which = self._chance.choice(("ALL", "STANDARD", "CUSTOM", "all", "NONE"))
            more = self._likely(0.3, ", " + self._path(one)[0])
            limited = self._likely(0.8, f" LIMIT {self._chance.choice(('5', '200', '201'))}")
            return f"SELECT FIELDS({which}){more} FROM {one.name}{self._where(one)}{limited}"
        return self._plain(one)

    def condition(self, one: SObject) -> str:
        """What may stand behind WHERE."""
        return self._condition(one, 0)

    def fields(self, one: SObject) -> str:
        """Some fields, with a comma between them."""
        return ", ".join(self._path(one)[0] for _ in range(self._chance.randint(1, 5)))

    def order(self, one: SObject) -> str:
        """What may stand behind ORDER BY."""
        ways = ("", "", " ASC", " DESC")
        nulls = ("", "", " NULLS FIRST", " NULLS LAST")
        return ", ".join(
            self._path(one)[0] + self._chance.choice(ways) + self._chance.choice(nulls)
            for _ in range(self._chance.choice((1, 1, 2, 4)))
        )

    # --- Clauses --------------------------------------------------------------------------------

    def _plain(self, one: SObject) -> str:
        selected = [self._selected(one) for _ in range(self._chance.choice((1, 2, 3, 6)))]
        selected += [self._children(one) for _ in range(self._chance.choice((0, 0, 0, 1, 2)))]
        alias = self._chance.choice(("", "", "", " p", " AS q"))
        scope = self._likely(
            0.05, f" USING SCOPE {self._chance.choice(('mine', 'everything', 'x'))}"
        )
        text = f"SELECT {', '.join(selected)} FROM {one.name}{alias}{scope}{self._where(one)}"
        text += self._likely(0.05, " WITH SECURITY_ENFORCED")
        return self._ended(text + self._likely(0.5, f" ORDER BY {self.order(one)}"), one)

    def _ended(self, text: str, one: SObject) -> str:
        text += self._likely(0.4, f" LIMIT {values.limit(self._chance)}")
        text += self._likely(0.15, f" OFFSET {values.offset(self._chance)}")
        marks = ("VIEW", "REFERENCE", "UPDATE", "VIEW, REFERENCE", "NOTHING")
        text += self._likely(0.05, f" FOR {self._chance.choice(marks)}")
        return text + self._likely(0.01, " ALL ROWS")

    def _grouped(self, one: SObject) -> str:
        chance = self._chance
        groups = [self._group(one) for _ in range(chance.choice((0, 1, 1, 2, 3)))]
        shown = [self._aggregate(one) for _ in range(chance.choice((0, 1, 1, 2)))]
        shown += [group for group in groups if chance.random() < 0.8]
        shown = [one + self._likely(0.3, f" a{n}") for n, one in enumerate(shown)] or ["COUNT(Id)"]
        text = f"SELECT {', '.join(shown)} FROM {one.name}{self._where(one)}"
        if groups:
            listed = ", ".join(groups)
            ways = (listed, listed, f"ROLLUP({listed})", f"CUBE({listed})")
            text += f" GROUP BY {chance.choice(ways)}"
        if chance.random() < 0.3:
            left = chance.choice((self._aggregate(one), *groups))
            text += f" HAVING {left} {chance.choice(_OPERATORS)} {values.value(chance, 'int')}"
        keys = [*groups, self._aggregate(one), "a0", "expr0"]
        text += self._likely(
            0.4, f" ORDER BY {chance.choice(keys)} {chance.choice(('', 'DESC NULLS LAST'))}"
        )
        return self._ended(text, one)

    def _group(self, one: SObject) -> str:
        path, field = self._path(one)
        is_date = field is not None and field.type in ("date", "dateTime")
        if is_date or self._chance.random() < 0.05:
            name = self._chance.choice(sorted(DATE_FUNCTIONS))
            return f"{name}({self._chance.choice((path, f'convertTimezone({path})'))})"
        return path

    def _aggregate(self, one: SObject) -> str:
        path = self._path(one)[0]
        call = f"{self._chance.choice(sorted(AGGREGATES))}({path})"
        return self._chance.choice((call, call, f"FORMAT({call})", f"GROUPING({path})"))

    def _selected(self, one: SObject) -> str:
        path = self._path(one)[0]
        kind = self._chance.random()
        if kind < 0.05:
            return f"toLabel({path}){self._chance.choice(('', ' label'))}"
        if kind < 0.1:
            return f"FORMAT({path}){self._chance.choice(('', ' shown'))}"
        if kind < 0.12:
            return f"TYPEOF {path} WHEN Contact THEN LastName ELSE Name END"
        return path

    def _children(self, one: SObject) -> str:
        found = [(child, name) for child, _, name in children_of(one) if name]
        if not found or self._chance.random() < 0.1:
            return f"(SELECT Id FROM {self._chance.choice(('Nothings', 'Promotions', 'Account'))})"
        child, name = self._chance.choice(found)
        text = f"SELECT {self.fields(child)} FROM {name}{self._where(child, 1)}"
        text += self._likely(0.4, f" ORDER BY {self.order(child)}")
        text += self._likely(0.3, f" LIMIT {values.limit(self._chance)}")
        return f"({text}{self._likely(0.1, f' OFFSET {values.offset(self._chance)}')})"

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
        if depth <= _DEEPEST and kind < 0.5:
            return self._semi_join(one, depth)
        path, field = self._path(one)
        type_ = None if field is None else field.type
        if chance.random() < 0.07:
            path = f"{chance.choice((*sorted(DATE_FUNCTIONS), 'toLabel'))}({path})"
        if kind < 0.65:
            word = chance.choice(("IN", "NOT IN", "IN", "INCLUDES", "EXCLUDES"))
            count = chance.choice((1, 2, 5, 30)) if chance.random() < 0.97 else 2500
            listed = ", ".join(values.value(chance, type_) for _ in range(count))
            return f"{path} {word} ({listed})"
        return f"{path} {chance.choice(_OPERATORS)} {values.value(chance, type_)}"

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
        if references and self._chance.random() < 0.8:
            reference = self._chance.choice(references)
            other = sobject(self._chance.choice(reference.reference_to)) or other
            path = reference.name
        return f"{path} {word} (SELECT Id FROM {other.name}{self._where(other, depth + 1)})"

    # --- Names ----------------------------------------------------------------------------------

    def _path(self, one: SObject) -> tuple[str, Field | None]:
        """The path to a field, of the object or of a parent, and the field; seldom to none."""
        chance = self._chance
        if chance.random() < 0.015:
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
        field = chance.choice(list(place.fields.values()))
        path = ".".join([*names, field.name])
        return chance.choice((path, path, path, path.lower(), path.upper())), field

    def _likely(self, share: float, text: str) -> str:
        return text if self._chance.random() < share else ""
