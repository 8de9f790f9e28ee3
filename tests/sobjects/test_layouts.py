"""Layouts: which parts they have, and how a promotion's fields are grouped."""

from typing import Any

import pytest

from promotions.sobjects.declare import SObject, every_sobject, sobject
from promotions.sobjects.layouts import compact_layout, describe_layouts, layout_id
from tests.sobjects.conftest import DATA, ObjectApi, problem
from tests.sobjects.test_describe import FIELD, caller

LAYOUTABLE = [one for one in every_sobject() if one.layoutable]
LAYOUT = {
    "buttonLayoutSection",
    "detailLayoutSections",
    "editLayoutSections",
    "feedView",
    "highlightsPanelLayoutSection",
    "id",
    "multirowEditLayoutSections",
    "offlineLinks",
    "quickActionList",
    "relatedContent",
    "relatedLists",
    "saveOptions",
}
SECTION = {
    "collapsed",
    "columns",
    "heading",
    "layoutRows",
    "layoutSectionId",
    "parentLayoutId",
    "rows",
    "tabOrder",
    "useCollapsibleSection",
    "useHeading",
}
ITEM = {
    "editableForNew",
    "editableForUpdate",
    "label",
    "layoutComponents",
    "placeholder",
    "required",
}
COMPONENT = {"details", "displayLines", "tabOrder", "type", "value"}
MASTER = "012000000000000AAA"


def object_(name: str) -> SObject:
    one = sobject(name)
    assert one is not None
    return one


def layout(name: str, *scopes: str) -> dict[str, Any]:
    """The only one of an object."""
    (found,) = describe_layouts(object_(name), caller(*scopes), "v59.0")["layouts"]
    return dict(found)


def items(section: dict[str, Any]) -> list[dict[str, Any]]:
    return [item for row in section["layoutRows"] for item in row["layoutItems"]]


def grouping(sections: list[dict[str, Any]]) -> dict[str, list[str]]:
    """The fields under each heading."""
    return {
        section["heading"]: [c["value"] for i in items(section) for c in i["layoutComponents"]]
        for section in sections
    }


@pytest.mark.parametrize("one", LAYOUTABLE, ids=lambda one: one.name)
def test_every_layout_has_every_part(one: SObject) -> None:
    answer = describe_layouts(one, caller(), "v59.0")
    assert set(answer) == {"layouts", "recordTypeMappings", "recordTypeSelectorRequired"}
    assert answer["recordTypeSelectorRequired"] == [False]
    (mapping,) = answer["recordTypeMappings"]
    (found,) = answer["layouts"]
    assert set(found) == LAYOUT
    assert (mapping["recordTypeId"], mapping["layoutId"]) == (MASTER, found["id"])
    tabs = []
    for section in found["detailLayoutSections"] + found["editLayoutSections"]:
        assert set(section) == SECTION
        assert section["rows"] == len(section["layoutRows"])
        for item in items(section):
            assert set(item) == ITEM
            assert item["placeholder"] == (not item["layoutComponents"])
            for component in item["layoutComponents"]:
                assert set(component) == COMPONENT
                assert set(component["details"]) == FIELD
    for section in found["detailLayoutSections"]:
        tabs += [c["tabOrder"] for i in items(section) for c in i["layoutComponents"]]
    assert tabs == list(range(1, len(tabs) + 1))


def test_ids_tell_layouts_and_sections_apart() -> None:
    found = [layout(one.name) for one in LAYOUTABLE]
    assert len({one["id"] for one in found}) == len(found)
    sections = [s["layoutSectionId"] for one in found for s in one["detailLayoutSections"]]
    assert len(set(sections)) == len(sections)
    assert layout_id(object_("Promotion")).startswith("00h")
    assert all(section.startswith("01B") for section in sections)


def test_the_sections_of_a_promotion_are_those_that_marketers_know() -> None:
    sections = layout("Promotion")["detailLayoutSections"]
    found = grouping(sections)
    assert list(found) == [
        "What",
        "When",
        "Who may take part",
        "What is discounted",
        "Limits and priority",
        "Coupons",
        "Terms",
        "Notes",
        "More about carts and shops",
        "Owner",
        "Further Information",
        "System Information",
    ]
    assert found["When"] == ["IsActive", "StartDateTime", "EndDateTime"]
    assert found["Owner"] == ["OwnerId"]
    assert found["System Information"] == [
        "CreatedById",
        "CreatedDate",
        "LastModifiedById",
        "LastModifiedDate",
    ]


def test_objects_without_sections_show_their_fields_one_after_the_other() -> None:
    found = grouping(layout("Contact")["detailLayoutSections"])
    assert list(found) == ["Information", "System Information"]
    assert found["Information"][0] == "Name"


def test_every_field_is_shown_once_but_the_services_own() -> None:
    hidden = {"Id", "IsDeleted", "SystemModstamp", "LastReferencedDate", "LastViewedDate"}
    for one in LAYOUTABLE:
        found = grouping(layout(one.name)["detailLayoutSections"]).values()
        shown = [name for names in found for name in names]
        assert len(set(shown)) == len(shown), one.name
        assert set(one.fields) - set(shown) <= hidden, one.name


def test_only_what_one_may_write_is_edited() -> None:
    edited = grouping(layout("Promotion")["editLayoutSections"])
    assert "System Information" not in edited
    assert "IsTiered" in edited["What is discounted"]
    assert layout("Promotion", "promotions:read")["editLayoutSections"] == []
    assert layout("User")["editLayoutSections"] == []


def test_what_a_new_record_needs_is_required() -> None:
    sections = layout("Contact")["detailLayoutSections"]
    required = [
        i["layoutComponents"][0]["value"] for s in sections for i in items(s) if i["required"]
    ]
    assert required == ["LastName"]


@pytest.mark.parametrize(
    ("name", "scopes", "buttons"),
    [
        ("Promotion", (), ["Edit", "Delete"]),
        ("Promotion", ("promotions:read",), []),
        ("User", (), []),
    ],
)
def test_buttons_are_the_calls_that_are_offered(
    name: str, scopes: tuple[str, ...], buttons: list[str]
) -> None:
    found = layout(name, *scopes)["buttonLayoutSection"]["detailButtons"]
    assert [button["name"] for button in found] == buttons


def test_related_lists_are_what_belongs_to_the_record() -> None:
    lists = {one["name"]: one for one in layout("Promotion")["relatedLists"]}
    tiers = lists["PromotionTiers"]
    assert (tiers["sobject"], tiers["field"]) == ("PromotionTier", "PromotionId")
    assert [column["fieldApiName"] for column in tiers["columns"]] == [
        "Name",
        "Rank",
        "CreatedById",
        "CreatedDate",
        "LastModifiedById",
    ]
    assert [button["name"] for button in tiers["buttons"]] == ["New"]
    assert "PromotionPartyUsages" not in {
        one["name"] for one in layout("Promotion", "promotions:read")["relatedLists"]
    }


def test_a_compact_layout_begins_with_the_name() -> None:
    found = compact_layout(object_("Promotion"), caller())
    assert [i["layoutComponents"][0]["value"] for i in found["fieldItems"]] == [
        "Name",
        "DisplayName",
        "PromotionCode",
        "ExternalId",
        "Description",
    ]
    assert (found["id"], found["name"], found["objectType"]) == (None, "SYSTEM", "Promotion")


# --- The calls ----------------------------------------------------------------------------------


def test_the_calls_for_layouts(objects: ObjectApi) -> None:
    below = "sobjects/account/describe"
    for slash in ("", "/"):
        answer = objects.get(f"{below}/layouts{slash}").json()
        (found,) = answer["layouts"]
        assert objects.get(f"{below}/layouts/{MASTER}{slash}").json() == found
        assert objects.get(f"{below}/layouts/{MASTER[:15]}{slash}").json() == found
        (mapping,) = answer["recordTypeMappings"]
        assert mapping["urls"]["layout"] == (f"{DATA}/sobjects/Account/describe/layouts/{MASTER}")
        compact = objects.get(f"{below}/compactLayouts{slash}").json()
        assert set(compact) == {
            "compactLayouts",
            "defaultCompactLayoutId",
            "recordTypeCompactLayoutMappings",
            "urls",
        }
        assert objects.get(f"{below}/approvalLayouts{slash}").json() == {"approvalLayouts": []}
        named = objects.get(f"sobjects/User/describe/namedLayouts/UserAlt{slash}").json()
        assert named == objects.get("sobjects/User/describe/layouts").json()
        several = objects.get(f"compactLayouts{slash}?q=account, Promotion").json()
        assert list(several) == ["Account", "Promotion"]
        assert [several["Account"]] == compact["compactLayouts"]


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("sobjects/Lead/describe/layouts", (404, "NOT_FOUND", [])),
        ("sobjects/PromotionHistory/describe/layouts", (404, "NOT_FOUND", [])),
        ("sobjects/Promotion/describe/layouts/012000000000001AAA", (404, "NOT_FOUND", [])),
        ("sobjects/Promotion/describe/namedLayouts/UserAlt", (404, "NOT_FOUND", [])),
        ("sobjects/Account/describe/layouts", (403, "INSUFFICIENT_ACCESS_OR_READONLY", [])),
        ("compactLayouts", (400, "INVALID_INPUT", [])),
        ("compactLayouts?q=Lead", (400, "INVALID_TYPE", [])),
        ("compactLayouts?q=Group", (400, "INVALID_TYPE", [])),
        ("compactLayouts?q=Promotion,Account", (403, "INSUFFICIENT_ACCESS_OR_READONLY", [])),
    ],
)
@pytest.mark.django_db
def test_layouts_that_there_are_not(path: str, told: tuple[int, str, list[str]]) -> None:
    assert problem(ObjectApi(["promotions:read"]).get(path)) == told
