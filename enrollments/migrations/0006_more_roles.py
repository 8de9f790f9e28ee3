"""Marketing leads, who work on every promotion, and auditors, who see everything and change
nothing; and that support sees every promotion. docs/roles.md says what each role may do."""

from django.db import migrations

ALL = ("view", "add", "change", "delete")
ROLES = {
    "Marketing leads": {
        "promotions.promotion": ALL,
        "enrollments.offer": ALL,
        "enrollments.promotionpartyusage": ("view",),
        "enrollments.account": ("view",),
        "enrollments.contact": ("view",),
    },
    "Auditors": {
        "promotions.promotion": ("view",),
        "enrollments.offer": ("view",),
        "enrollments.promotionpartyusage": ("view",),
        "enrollments.account": ("view",),
        "enrollments.contact": ("view",),
    },
}
EVERY_PROMOTION = {
    "Marketing leads": "manage_all_promotions",
    "Auditors": "view_all_promotions",
    "Support": "view_all_promotions",
}
NAMES = {
    "view_all_promotions": "Can see every promotion, shared or not",
    "manage_all_promotions": "Can change, delete and share every promotion",
}


def create(apps, schema_editor):
    group_model = apps.get_model("auth", "Group")
    for role, rights in ROLES.items():
        group, _ = group_model.objects.get_or_create(name=role)
        for label, actions in rights.items():
            model = apps.get_model(*label.split("."))
            for action in actions:
                name = f"Can {action} {model._meta.verbose_name}"
                codename = f"{action}_{model._meta.model_name}"
                group.permissions.add(_permission(apps, model, codename, name))
    promotion = apps.get_model("promotions", "Promotion")
    for role, codename in EVERY_PROMOTION.items():
        group, _ = group_model.objects.get_or_create(name=role)
        group.permissions.add(_permission(apps, promotion, codename, NAMES[codename]))


def _permission(apps, model, codename, name):
    # Django makes these rows only after all migrations; they are the same rows.
    content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label=model._meta.app_label, model=model._meta.model_name
    )
    permission, _ = apps.get_model("auth", "Permission").objects.get_or_create(
        content_type=content_type, codename=codename, defaults={"name": name}
    )
    return permission


class Migration(migrations.Migration):
    dependencies = [("enrollments", "0005_history_can_be_purged")]
    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
