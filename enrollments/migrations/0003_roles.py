"""The two roles, as groups: Marketers and Support. docs/roles.md says what each may do."""

from django.db import migrations

ROLES = {
    "Marketers": {
        "promotions.promotion": ("view", "add", "change", "delete"),
        "enrollments.offer": ("view", "add", "change", "delete"),
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
}


def create(apps, schema_editor):
    group_model = apps.get_model("auth", "Group")
    permission_model = apps.get_model("auth", "Permission")
    content_type_model = apps.get_model("contenttypes", "ContentType")
    for role, rights in ROLES.items():
        group, _ = group_model.objects.get_or_create(name=role)
        for label, actions in rights.items():
            app_label, model = label.split(".")
            # Django makes these rows only after all migrations; they are the same rows.
            content_type, _ = content_type_model.objects.get_or_create(
                app_label=app_label, model=model
            )
            verbose_name = apps.get_model(app_label, model)._meta.verbose_name
            for action in actions:
                permission, _ = permission_model.objects.get_or_create(
                    content_type=content_type,
                    codename=f"{action}_{model}",
                    defaults={"name": f"Can {action} {verbose_name}"},
                )
                group.permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [
        ("enrollments", "0002_history_is_append_only"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
