"""The roles, as groups. docs/roles.md says what each may do."""

from django.db import migrations

ALL = ("view", "add", "change", "delete")
ROLES = {
    "Marketers": {
        "promotions.promotion": ALL,
        "enrollments.offer": ALL,
        "enrollments.promotionpartyusage": ("view",),
        "enrollments.account": ("view",),
        "enrollments.contact": ("view",),
    },
    "Support": {
        "promotions.promotion": ("view",),
        "enrollments.offer": ("view",),
        # add: enroll a customer; change: withdraw, change the period.
        "enrollments.promotionpartyusage": ("view", "add", "change"),
        "enrollments.account": ("view", "add", "change"),
        "enrollments.contact": ("view", "add", "change"),
    },
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
    replaces = [("enrollments", "0003_roles"), ("enrollments", "0006_more_roles")]
    dependencies = [
        ("enrollments", "0002_append_only_history"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
