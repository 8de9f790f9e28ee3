"""Clauses of the language that are read to their end and refused. Pure.

Source: the client contract, section 5: "parse and refuse clearly".
"""

from promotions.sobjects.soql.cursor import Cursor
from promotions.sobjects.soql.expressions import object_alias, path
from promotions.sobjects.soql.literals import value
from promotions.sobjects.soql.tree import Path


def type_of(cursor: Cursor) -> Path:
    """``TYPEOF What WHEN Account THEN Phone ELSE Name END``: its field."""
    cursor.refuse(
        "TYPEOF is not offered. Select the fields that all the objects have, such as Owner.Name.",
        cursor.position,
    )
    cursor.expect("TYPEOF")
    what = path(cursor)
    cursor.expect("WHEN")
    while True:
        cursor.object_name()
        cursor.expect("THEN")
        _fields(cursor)
        if not cursor.take("WHEN"):
            break
    if cursor.take("ELSE"):
        _fields(cursor)
    cursor.expect("END")
    return what


def _fields(cursor: Cursor) -> None:
    while True:
        if cursor.take("FIELDS"):
            cursor.expect_sign("(")
            cursor.one_of("ALL", "CUSTOM", "STANDARD")
            cursor.expect_sign(")")
        else:
            path(cursor)
        if not cursor.take_sign(","):
            return


def further_objects(cursor: Cursor) -> None:
    """What follows the first object in ``FROM Contact c, c.Account a``."""
    if cursor.at_sign(","):
        cursor.refuse(
            "Only one object is allowed after FROM. Write paths instead: Account.Name.",
            cursor.position,
        )
    while cursor.take_sign(","):
        path(cursor)
        object_alias(cursor)


def data_category(cursor: Cursor) -> None:
    """``WITH DATA CATEGORY Place__c AT europe__c AND …``, behind the WITH."""
    cursor.refuse("There are no data categories here: leave the clause out.", cursor.position)
    cursor.expect("DATA")
    cursor.expect("CATEGORY")
    while True:
        cursor.name("a group of categories")
        cursor.one_of("AT", "ABOVE", "BELOW", "ABOVE_OR_BELOW")
        if cursor.take_sign("("):
            cursor.name("a category")
            while cursor.take_sign(","):
                cursor.name("a category")
            cursor.expect_sign(")")
        else:
            cursor.name("a category")
        if not cursor.take("AND"):
            return


def setting(cursor: Cursor) -> None:
    """``WITH NAME``, ``WITH NAME = value``, ``WITH NAME IN (…)`` or ``WITH NAME (name = value)``,
    behind the WITH."""
    name = cursor.name("SECURITY_ENFORCED, USER_MODE or SYSTEM_MODE")
    cursor.refuse(f"WITH {name.text} is not offered: leave it out.", name.position)
    if cursor.take_sign("="):
        value(cursor)
    elif cursor.take("IN"):
        cursor.expect_sign("(")
        value(cursor)
        while cursor.take_sign(","):
            value(cursor)
        cursor.expect_sign(")")
    elif cursor.take_sign("("):
        _named_value(cursor)
        while cursor.take_sign(","):
            _named_value(cursor)
        cursor.expect_sign(")")


def _named_value(cursor: Cursor) -> None:
    cursor.name("a name")
    cursor.expect_sign("=")
    value(cursor)


def arithmetic(cursor: Cursor) -> None:
    """``+ Tax__c`` or ``- Discount__c`` behind a field that is compared, if it is here."""
    if cursor.at_sign("+") or cursor.at_sign("-"):
        message = "Nothing is calculated here. Compare the fields one by one."
        cursor.refuse(message, cursor.position)
        cursor.next()
        path(cursor)


def list_view(cursor: Cursor) -> None:
    """``USING ListView = Recent``, if it is here."""
    if cursor.at("USING", "LISTVIEW"):
        cursor.refuse("There are no list views here: leave USING out.", cursor.position)
        cursor.take("USING", "LISTVIEW")
        cursor.expect_sign("=")
        cursor.name("a list view")


def lookup(cursor: Cursor) -> None:
    """``USING LOOKUP Offer__c.Contact__c BIND Account__c = '…', …``, if it is here."""
    if not cursor.at("USING", "LOOKUP"):
        return
    cursor.refuse("Filters of lookups are not offered: write a WHERE instead.", cursor.position)
    cursor.take("USING", "LOOKUP")
    path(cursor)
    bound_values(cursor)


def bound_values(cursor: Cursor) -> None:
    """``BIND Account__c = '…', …``, if it is here: what the filter of a lookup goes by."""
    if not cursor.at("BIND"):
        return
    cursor.refuse("There are no filters of lookups here: leave BIND out.", cursor.position)
    cursor.next()
    _named_value(cursor)
    while cursor.take_sign(","):
        _named_value(cursor)


def kind_of_search(cursor: Cursor) -> None:
    """``USING PHRASE SEARCH`` or ``USING ADVANCED SEARCH``, if it is here."""
    if cursor.at("USING"):
        cursor.refuse("There is one kind of search here: leave USING out.", cursor.position)
        cursor.next()
        cursor.one_of("PHRASE", "ADVANCED")
        cursor.expect("SEARCH")


def update(cursor: Cursor) -> None:
    """``UPDATE TRACKING, VIEWSTAT``, if it is here."""
    if not cursor.at("UPDATE"):
        return
    cursor.refuse("Nothing here counts views: leave UPDATE out.", cursor.position)
    cursor.next()
    cursor.one_of("TRACKING", "VIEWSTAT")
    while cursor.take_sign(","):
        cursor.one_of("TRACKING", "VIEWSTAT")
